using Metaflow.Graph;

namespace Metaflow.Definition;

/// <summary>The definition of a flow, as it is known before the flow runs. It is created once from the code that the source generator
/// emits.</summary>
public sealed record FlowDefinition
{
    /// <summary>Gets the flow's name: the class's, unless overridden.</summary>
    public required string FlowName { get; init; }

    /// <summary>Gets the path of the flow's source file; empty when unknown.</summary>
    public string SourceFile { get; init; } = "";

    /// <summary>Gets the text of the class's XML summary; empty by default.</summary>
    public string Documentation { get; init; } = "";

    /// <summary>Gets the graph.</summary>
    public required FlowGraph Graph { get; init; }

    /// <summary>Gets the parameters in the order of the source.</summary>
    public IReadOnlyList<ParameterDefinition> Parameters { get; init; } = [];

    /// <summary>Gets the configurations in the order of the source.</summary>
    public IReadOnlyList<ConfigDefinition> Configs { get; init; } = [];

    /// <summary>Gets the class constants in the order of the source.</summary>
    public IReadOnlyList<ConstantDefinition> Constants { get; init; } = [];

    /// <summary>Gets the artifacts in the order of the source.</summary>
    public IReadOnlyList<ArtifactDefinition> Artifacts { get; init; } = [];

    /// <summary>Gets the flow-level decorators as data.</summary>
    public IReadOnlyList<DecoratorNode> Decorators { get; init; } = [];
}

/// <summary>An artifact that the flow's class declares.</summary>
/// <param name="Name">The name on disk.</param>
/// <param name="MemberName">The name of the C# property.</param>
/// <param name="TypeName">The type as the author writes it.</param>
public sealed record ArtifactDefinition(string Name, string MemberName, string TypeName);

/// <summary>A public constant of the flow's class, stored with every run.</summary>
/// <param name="Name">The name on disk.</param>
/// <param name="MemberName">The name of the C# member.</param>
/// <param name="TypeName">The type as the author writes it.</param>
/// <param name="GetValue">Reads the value.</param>
public sealed record ConstantDefinition(string Name, string MemberName, string TypeName, Func<object?> GetValue);

/// <summary>A parameter of a flow.</summary>
public sealed record ParameterDefinition
{
    /// <summary>Gets the name on disk, which is also the option's with <c>-</c> for <c>_</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the name of the C# property.</summary>
    public required string MemberName { get; init; }

    /// <summary>Gets the type of the value.</summary>
    public required Type ValueType { get; init; }

    /// <summary>Gets the type as the author writes it.</summary>
    public required string TypeName { get; init; }

    /// <summary>Gets the text for <c>run --help</c>; empty by default.</summary>
    public string Help { get; init; } = "";

    /// <summary>Gets a value indicating whether a value must be given. The default is <see langword="false"/>.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Gets a value indicating whether <see cref="Default"/> or <see cref="ComputeDefault"/> gives a default.</summary>
    public bool HasDefault { get; init; }

    /// <summary>Gets the default: a value of <see cref="ValueType"/>, or the text that the command line accepts.</summary>
    public object? Default { get; init; }

    /// <summary>Gets the function that computes the default once per run, or <see langword="null"/>.</summary>
    public Func<object?>? ComputeDefault { get; init; }

    /// <summary>Gets the character that splits the text of a list-valued parameter, or <see langword="null"/>.</summary>
    public string? Separator { get; init; }

    /// <summary>Gets how a file is included, or <see langword="null"/> when the parameter is not a file.</summary>
    public IncludeFileDefinition? IncludeFile { get; init; }

    /// <summary>Gets the option's name on the command line, such as <c>--max-genres</c>.</summary>
    public string OptionName => "--" + Name.Replace('_', '-');

    /// <summary>Gets the environment variable that sets the parameter, such as <c>METAFLOW_RUN_MAX_GENRES</c>.</summary>
    public string EnvironmentVariable => "METAFLOW_RUN_" + Name.ToUpperInvariant().Replace('-', '_');
}

/// <summary>How the file of an <c>[IncludeFile]</c> parameter is read.</summary>
/// <param name="IsText">Whether the content is text and not bytes.</param>
/// <param name="Encoding">The name of the text's encoding, <c>utf-8</c> by default.</param>
public sealed record IncludeFileDefinition(bool IsText, string Encoding);
