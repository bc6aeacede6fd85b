namespace Metaflow.Serialization;

/// <summary>An instance of a Python class as plain data. Nothing of the class is ever looked up or executed.</summary>
/// <remarks>Written it is <c>NEWOBJ</c> or <c>REDUCE</c> of the class with <see cref="Arguments"/>, then <c>BUILD</c> with
/// <see cref="State"/> where there is one.</remarks>
public sealed class PythonObject
{
    /// <summary>Initializes an instance.</summary>
    /// <param name="module">The module, such as <c>__main__</c>.</param>
    /// <param name="name">The class's qualified name.</param>
    /// <param name="arguments">The arguments of the construction.</param>
    /// <param name="state">The state set afterwards, usually a dictionary of fields; <see langword="null"/> for none.</param>
    /// <param name="isCall">Whether the class is called (<c>REDUCE</c>) rather than made by <c>__new__</c> (<c>NEWOBJ</c>).</param>
    public PythonObject(string module, string name, IReadOnlyList<object?> arguments, object? state = null, bool isCall = false)
    {
        Module = module;
        Name = name;
        Arguments = arguments;
        State = state;
        IsCall = isCall;
    }

    /// <summary>Gets the module.</summary>
    public string Module { get; }

    /// <summary>Gets the class's qualified name.</summary>
    public string Name { get; }

    /// <summary>Gets the arguments of the construction.</summary>
    public IReadOnlyList<object?> Arguments { get; }

    /// <summary>Gets or sets the state, usually a dictionary of fields; <see langword="null"/> for none.</summary>
    public object? State { get; set; }

    /// <summary>Gets a value indicating whether the class was called rather than made by <c>__new__</c>.</summary>
    public bool IsCall { get; }

    /// <summary>Gets items appended or set after construction, as a subclass of list or dict has; usually empty.</summary>
    public List<object?> Items { get; } = [];

    /// <summary>Gets the fields of <see cref="State"/> by name; empty when the state is not a dictionary.</summary>
    public IReadOnlyDictionary<string, object?> Fields => State switch
    {
        IReadOnlyDictionary<object, object?> fields => fields.Where(f => f.Key is string).ToDictionary(f => (string)f.Key, f => f.Value),
        IReadOnlyDictionary<string, object?> fields => fields,
        _ => new Dictionary<string, object?>(),
    };
}
