namespace Metaflow.Definition;

/// <summary>A configuration of a flow: structured data that is read once, before a run begins.</summary>
public sealed record ConfigDefinition
{
    /// <summary>Gets the name on disk, which options use too.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the name of the C# property.</summary>
    public required string MemberName { get; init; }

    /// <summary>Gets the type of the value.</summary>
    public required Type ValueType { get; init; }

    /// <summary>Gets the type as the author writes it.</summary>
    public required string TypeName { get; init; }

    /// <summary>Gets the text for help; empty by default.</summary>
    public string Help { get; init; } = "";

    /// <summary>Gets a value indicating whether the configuration is required: it is marked so, or its type cannot be
    /// <see langword="null"/>.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Gets the path of the default file, relative to the flow's source file; <see langword="null"/> for none.</summary>
    public string? DefaultFile { get; init; }

    /// <summary>Gets the default value, JSON when it is text; <see langword="null"/> for none. It takes precedence over the default
    /// file.</summary>
    public object? DefaultValue { get; init; }
}
