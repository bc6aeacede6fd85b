using System.Collections.Concurrent;
using Metaflow.Artifacts;

namespace Metaflow.Client;

/// <summary>The values of a task's artifacts. Each is loaded on its first use and kept.</summary>
/// <remarks>Safe for several threads. Values are shared between callers: do not change them.</remarks>
public sealed class TaskData
{
    private readonly TaskArtifacts _artifacts;
    private readonly ConcurrentDictionary<(string Name, Type? Type), object?> _values = new();

    internal TaskData(TaskArtifacts artifacts) => _artifacts = artifacts;

    /// <summary>Gets the names of the artifacts in order, without the framework's own, which begin with <c>_</c>.</summary>
    public IReadOnlyList<string> Names
        => [.. _artifacts.Records.Keys.Where(static name => !name.StartsWith('_')).Order(StringComparer.Ordinal)];

    /// <summary>Gets a value as plain data: numbers, texts, lists, dictionaries, and objects of Python as data.</summary>
    /// <param name="name">The name on disk; the framework's own can be named too.</param>
    /// <exception cref="Errors.StorageException">There is no such artifact (MF4010), or its blob is missing or corrupt (MF4002,
    /// MF4005).</exception>
    public object? this[string name] => _values.GetOrAdd((name, null), key => _artifacts.LoadPlain(key.Name));

    /// <summary>Returns a value in a type.</summary>
    /// <typeparam name="T">The type wanted.</typeparam>
    /// <param name="name">The name on disk.</param>
    /// <returns>The value.</returns>
    /// <exception cref="Errors.StorageException">There is no such artifact (MF4010), its blob is missing or corrupt (MF4002, MF4005), or
    /// its value does not fit the type.</exception>
    public T Get<T>(string name) => (T)_values.GetOrAdd((name, typeof(T)), key => _artifacts.Load<T>(key.Name))!;

    /// <summary>Says whether there is an artifact of a name.</summary>
    /// <param name="name">The name on disk.</param>
    /// <returns>Whether there is.</returns>
    public bool Contains(string name) => _artifacts.Contains(name);
}
