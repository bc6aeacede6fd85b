using Metaflow.Artifacts;

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
    public long Size => Task.Source.SizeOf(_record);

    /// <summary>Gets the type as Python prints it, or <see langword="null"/> when it was not recorded.</summary>
    public string? TypeName => _record.TypeName;

    /// <summary>Gets how the bytes are encoded, such as <c>pickle-v4</c>.</summary>
    public string Encoding => _record.Encoding;

    /// <summary>Gets the value as plain data.</summary>
    /// <exception cref="Errors.StorageException">Its blob is missing or corrupt (MF4002, MF4005).</exception>
    public object? Value => Task.Data[Name];

    /// <summary>Gets when the artifact was recorded; when the task was registered, for an artifact that the metadata does not list.</summary>
    public DateTimeOffset CreatedAt => Task.RegisteredAt(Name) ?? Task.CreatedAt;

    /// <summary>Gets when the task's attempt that stored the artifact ended, successfully or not; <see langword="null"/> when it has not.</summary>
    public DateTimeOffset? FinishedAt => Task.FinishedAt;

    /// <summary>Returns the value in a type.</summary>
    /// <typeparam name="T">The type wanted.</typeparam>
    /// <returns>The value.</returns>
    /// <exception cref="Errors.StorageException">Its blob is missing or corrupt (MF4002, MF4005), or its value does not fit the
    /// type.</exception>
    public T Get<T>() => Task.Data.Get<T>(Name);
}
