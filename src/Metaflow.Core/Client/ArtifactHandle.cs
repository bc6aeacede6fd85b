using Metaflow.Artifacts;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>An artifact of a finished task.</summary>
public sealed class ArtifactHandle
{
    private readonly ArtifactRecord _record;

    internal ArtifactHandle(TaskHandle task, ArtifactRecord record)
    {
        Task = task;
        _record = record;
    }

    /// <summary>Gets the task.</summary>
    public TaskHandle Task { get; }

    /// <summary>Gets the name on disk.</summary>
    public string Name => _record.Name;

    /// <summary>Gets the pathspec, <c>Flow/run/step/task/name</c>.</summary>
    public string Pathspec => $"{Task.Pathspec}/{Name}";

    /// <summary>Gets the tags of the artifact's run.</summary>
    public IReadOnlyList<string> Tags => Task.Tags;

    /// <summary>Gets the SHA-1 of the serialized bytes, 40 hexadecimal digits.</summary>
    public string Sha => _record.Key;

    /// <summary>Gets the length of the serialized bytes, or of the file when it is an included one; 0 when it was not recorded.</summary>
    public long Size => Completion.Of(() => GetSizeAsync());

    /// <summary>Gets the type as Python prints it, or <see langword="null"/> if it was not recorded.</summary>
    public string? TypeName => _record.TypeName;

    /// <summary>Gets how the bytes are encoded, such as <c>pickle-v4</c>.</summary>
    public string Encoding => _record.Encoding;

    /// <summary>Gets the value as plain data.</summary>
    /// <exception cref="Errors.StorageException">Its blob is missing or corrupt (MF4002, MF4005).</exception>
    public object? Value => Completion.Of(() => GetValueAsync());

    /// <summary>Gets when the artifact was recorded. For an artifact that the metadata does not list, this is when the task was
    /// registered.</summary>
    public DateTimeOffset CreatedAt => Completion.Of(() => GetCreatedAtAsync());

    /// <summary>Gets when the attempt that stored the artifact ended, successfully or not; <see langword="null"/> if it has not
    /// ended.</summary>
    public DateTimeOffset? FinishedAt => Task.FinishedAt;

    /// <summary>Returns the value as a type.</summary>
    /// <typeparam name="T">The requested type.</typeparam>
    /// <returns>The value.</returns>
    /// <exception cref="Errors.StorageException">Its blob is missing or corrupt (MF4002, MF4005), or its value does not fit the
    /// type.</exception>
    public T Get<T>() => Completion.Of(() => GetAsync<T>());

    /// <inheritdoc cref="Size"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The length in bytes.</returns>
    public async Task<long> GetSizeAsync(CancellationToken cancellationToken = default)
    {
        var source = await Task.SourceAsync(cancellationToken).ConfigureAwait(false);
        return await source.SizeOfAsync(_record, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="Value"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The value.</returns>
    public async Task<object?> GetValueAsync(CancellationToken cancellationToken = default)
    {
        var data = await Task.GetDataAsync(cancellationToken).ConfigureAwait(false);
        return await data.GetAsync(Name, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="CreatedAt"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The time.</returns>
    public async Task<DateTimeOffset> GetCreatedAtAsync(CancellationToken cancellationToken = default)
        => await Task.RegisteredAtAsync(Name, cancellationToken).ConfigureAwait(false) ?? Task.CreatedAt;

    /// <inheritdoc cref="FinishedAt"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The time.</returns>
    public Task<DateTimeOffset?> GetFinishedAtAsync(CancellationToken cancellationToken = default)
        => Task.GetFinishedAtAsync(cancellationToken);

    /// <inheritdoc cref="Get{T}"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<T> GetAsync<T>(CancellationToken cancellationToken = default)
    {
        var data = await Task.GetDataAsync(cancellationToken).ConfigureAwait(false);
        return await data.GetAsync<T>(Name, cancellationToken).ConfigureAwait(false);
    }
}
