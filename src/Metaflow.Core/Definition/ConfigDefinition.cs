namespace Metaflow.Definition;

/// <summary>A configuration of a flow: structured data that is read once, before a run begins.</summary>
public sealed record ConfigDefinition
{
    /// <summary>Gets the name on disk, by which options name it too.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the name of the C# property.</summary>
    public required string MemberName { get; init; }

    /// <summary>Gets the type of the value.</summary>
    public required Type ValueType { get; init; }

    /// <summary>Gets the type as the author writes it.</summary>
    public required string TypeName { get; init; }

    /// <summary>Gets the text for help; empty by default.</summary>
    public string Help { get; init; } = "";

    /// <summary>Gets a value indicating whether there must be a value: it is asked for, or the type cannot be
    /// <see langword="null"/>.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Gets the path of the default file, relative to the flow's source file; <see langword="null"/> for none.</summary>
    public string? DefaultFile { get; init; }

    /// <summary>Gets the default value, JSON when it is text; <see langword="null"/> for none. It comes before the default file.</summary>
    public object? DefaultValue { get; init; }
}
