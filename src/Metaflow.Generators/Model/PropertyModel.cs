namespace Metaflow.Generators.Model;

/// <summary>What a partial property of a flow is.</summary>
internal enum PropertyRole
{
    /// <summary>An artifact.</summary>
    Artifact,

    /// <summary>A parameter.</summary>
    Parameter,

    /// <summary>A parameter that is the content of a file.</summary>
    IncludeFile,

    /// <summary>A configuration.</summary>
    Config,

    /// <summary>An object of the program's, which is not an artifact.</summary>
    Service,
}

/// <summary>A partial property that the generator implements.</summary>
internal sealed record PropertyModel
{
    public string Name { get; init; } = "";

    public string DiskName { get; init; } = "";

    public PropertyRole Role { get; init; }

    /// <summary>Gets the type with full names and nullable annotations.</summary>
    public string Type { get; init; } = "";

    /// <summary>Gets the type for <c>typeof</c>, which takes no nullable annotation.</summary>
    public string TypeOf { get; init; } = "";

    /// <summary>Gets the type as the author writes it.</summary>
    public string TypeName { get; init; } = "";

    /// <summary>Gets the modifiers as written, which both halves of a partial member must repeat.</summary>
    public string Modifiers { get; init; } = "";

    /// <summary>Gets the get accessor's modifiers with its keyword, or <see langword="null"/>.</summary>
    public string? Getter { get; init; }

    /// <summary>Gets the set accessor's modifiers with its keyword, or <see langword="null"/>.</summary>
    public string? Setter { get; init; }

    /// <summary>Gets a value indicating whether the base class keeps the value, so that there is one cell for the name.</summary>
    public bool DelegatesToBase { get; init; }

    /// <summary>Gets what is said of a parameter; <see langword="null"/> for an artifact.</summary>
    public ParameterModel? Parameter { get; init; }
}

/// <summary>A service that the class asks for.</summary>
/// <param name="Name">The property's name.</param>
/// <param name="TypeOf">Its type, without a nullable annotation.</param>
/// <param name="Modifiers">The modifiers as written.</param>
/// <param name="Getter">The get accessor's modifiers with its keyword.</param>
/// <param name="IsOptional">Whether the type allows <see langword="null"/>.</param>
internal sealed record ServiceModel(string Name, string TypeOf, string Modifiers, string Getter, bool IsOptional);

/// <summary>What the attribute of a parameter says.</summary>
/// <param name="Default">The default as an expression, or <see langword="null"/>.</param>
/// <param name="DefaultFrom">The method that computes the default, or <see langword="null"/>.</param>
/// <param name="Required">Whether a value must be given.</param>
/// <param name="Help">The text for help.</param>
/// <param name="Detail">The separator of a list, the encoding of a file, or the default file of a configuration.</param>
internal sealed record ParameterModel(string? Default, string? DefaultFrom, bool Required, string Help, string? Detail);
