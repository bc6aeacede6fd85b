using System.Collections.Concurrent;
using Metaflow.Artifacts;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>The values of a task's artifacts. Each value is loaded on first use and cached.</summary>
/// <remarks>Thread-safe. Values are shared between callers: do not change them.</remarks>
public sealed class TaskData
{
    // Where a value is shorter, to hand it to another thread takes longer than to read it.
    private const long ShortestApart = 256 << 10;

    private readonly TaskArtifacts _artifacts;
    private readonly ConcurrentDictionary<(string Name, Type? Type), Kept<object?>> _values = new();

    internal TaskData(TaskArtifacts artifacts) => _artifacts = artifacts;

    /// <summary>Gets the names of the artifacts in order, without those of the framework, which begin with <c>_</c>.</summary>
    public IReadOnlyList<string> Names
        => [.. _artifacts.Records.Keys.Where(static name => !name.StartsWith('_')).Order(StringComparer.Ordinal)];

    /// <summary>Gets a value as plain data: numbers, strings, lists, dictionaries, and Python objects as data.</summary>
    /// <param name="name">The name on disk. Artifacts of the framework are allowed too.</param>
    /// <exception cref="Errors.StorageException">There is no such artifact (MF4010), or its blob is missing or corrupt (MF4002,
    /// MF4005).</exception>
    public object? this[string name] => Completion.Of(() => GetAsync(name));

    /// <summary>Returns a value in a type.</summary>
    /// <typeparam name="T">The requested type.</typeparam>
    /// <param name="name">The name on disk.</param>
    /// <returns>The value.</returns>
    /// <exception cref="Errors.StorageException">There is no such artifact (MF4010), its blob is missing or corrupt (MF4002, MF4005), or
    /// its value does not fit the type.</exception>
    public T Get<T>(string name) => Completion.Of(() => GetAsync<T>(name));

    /// <summary>Returns a value as plain data: numbers, strings, lists, dictionaries, and Python objects as data.</summary>
    /// <param name="name">The name on disk. Artifacts of the framework are allowed too.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The value.</returns>
    /// <exception cref="Errors.StorageException">There is no such artifact (MF4010), or its blob is missing or corrupt (MF4002,
    /// MF4005).</exception>
    public async Task<object?> GetAsync(string name, CancellationToken cancellationToken = default)
        => await Value(name, null, token => Apart(name, _artifacts.LoadPlainAsync, token))
            .GetAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="Get{T}(string)"/>
    /// <param name="name">The name on disk.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<T> GetAsync<T>(string name, CancellationToken cancellationToken = default)
    {
        if (typeof(T) == typeof(Stream))
        {
            // Each reader gets a stream of its own, at the beginning.
            return await _artifacts.LoadAsync<T>(name, cancellationToken).ConfigureAwait(false);
        }

        var value = Value(
            name, typeof(T), async token => await Apart(name, _artifacts.LoadAsync<T>, token).ConfigureAwait(false));
        return (T)(await value.GetAsync(cancellationToken).ConfigureAwait(false))!;
    }

    /// <summary>Returns true if there is an artifact of a name.</summary>
    /// <param name="name">The name on disk.</param>
    /// <returns>Whether there is.</returns>
    public bool Contains(string name) => _artifacts.Contains(name);

    // A store in a folder reads before it returns, and to decode a large value takes a while in any case: its caller need not wait.
    private ValueTask<T> Apart<T>(string name, Func<string, CancellationToken, ValueTask<T>> load, CancellationToken cancellationToken)
        => _artifacts.Find(name).Size < ShortestApart
            ? load(name, cancellationToken)
            : new ValueTask<T>(Task.Run(() => load(name, cancellationToken).AsTask(), cancellationToken));

    // A name that is not an artifact's is refused before anything is kept of it.
    private Kept<object?> Value(string name, Type? type, Func<CancellationToken, ValueTask<object?>> read)
    {
        _ = _artifacts.Find(name);
        return _values.GetOrAdd((name, type), static (_, read) => new Kept<object?>(read), read);
    }
}
