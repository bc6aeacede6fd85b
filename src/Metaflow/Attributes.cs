namespace Metaflow;

/// <summary>Marks a method of a flow as a step. It returns <see cref="Transition"/> or <c>Task&lt;Transition&gt;</c>; the end step
/// <c>void</c> or <c>Task</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class StepAttribute : Attribute
{
    /// <summary>Gets or sets the name on disk. The default is the method's name in snake case.</summary>
    public string? Name { get; set; }

    /// <summary>Gets or sets a value indicating whether the flow begins here. By default the step named <c>start</c> does.</summary>
    public bool Start { get; set; }

    /// <summary>Gets or sets a value indicating whether the flow ends here. By default the step named <c>end</c> does.</summary>
    public bool End { get; set; }
}

/// <summary>Gives a flow another name than its class's.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class FlowAttribute : Attribute
{
    /// <summary>Gets or sets the name on disk. The default is the class's name.</summary>
    public string? Name { get; set; }
}

/// <summary>Gives an artifact another name. Partial properties of a flow are artifacts without this attribute too.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ArtifactAttribute : Attribute
{
    /// <summary>Gets or sets the name on disk. The default is the property's name in snake case.</summary>
    public string? Name { get; set; }
}

/// <summary>Marks a read-only partial property as a parameter of the flow: an option of <c>run</c>, and an artifact of every
/// task.</summary>
/// <remarks>Its type is <see cref="bool"/>, <see cref="int"/>, <see cref="long"/>, <see cref="double"/>, <see cref="decimal"/>,
/// <see cref="string"/>, an enum, a date or time type, or any type that JSON text can be read into.</remarks>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ParameterAttribute : Attribute
{
    /// <summary>Gets or sets the name on disk. The default is the property's name in snake case.</summary>
    public string? Name { get; set; }

    /// <summary>Gets or sets the default: a constant of the type, or the text that the command line accepts.</summary>
    public object? Default { get; set; }

    /// <summary>Gets or sets the name of a parameterless method of the flow that computes the default once per run.</summary>
    public string? DefaultFrom { get; set; }

    /// <summary>Gets or sets a value indicating whether the parameter is required. The default is <see langword="true"/> if there is no
    /// default and the type cannot be <see langword="null"/>.</summary>
    public bool Required { get; set; }

    /// <summary>Gets or sets the text for <c>run --help</c>. The default is the property's XML summary.</summary>
    public string? Help { get; set; }

    /// <summary>Gets or sets the text that separates the items of a list of strings. By default lists are given as JSON.</summary>
    public string? Separator { get; set; }
}

/// <summary>Marks a read-only partial property as a configuration: structured data from a file or a value. It is read once before the
/// run, and is an artifact of every task.</summary>
/// <remarks>Its type is a record or class, whose members are found by name in any style, or
/// <c>IReadOnlyDictionary&lt;string, object?&gt;</c>, or any other type that JSON can be read into. A file is JSON, or YAML if its name
/// ends with <c>.yaml</c> or <c>.yml</c>. Strings of decorators can refer to it: <c>${training.model.name}</c>.</remarks>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ConfigAttribute : Attribute
{
    /// <summary>Gets or sets the name on disk and in <c>--config</c>. The default is the property's name in snake case.</summary>
    public string? Name { get; set; }

    /// <summary>Gets or sets the path of the default file, relative to the flow's source file.</summary>
    public string? Default { get; set; }

    /// <summary>Gets or sets the default value: JSON text, or a constant of the type. It comes before <see cref="Default"/>.</summary>
    public object? DefaultValue { get; set; }

    /// <summary>Gets or sets a value indicating whether the configuration is required. The default is <see langword="true"/> if the type
    /// cannot be <see langword="null"/>.</summary>
    public bool Required { get; set; }

    /// <summary>Gets or sets the text for help. The default is the property's XML summary.</summary>
    public string? Help { get; set; }
}

/// <summary>Marks a read-only partial property of type <see cref="string"/> or <see cref="byte"/>[] as a file that becomes part of the
/// run.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class IncludeFileAttribute : Attribute
{
    /// <summary>Gets or sets the name on disk. The default is the property's name in snake case.</summary>
    public string? Name { get; set; }

    /// <summary>Gets or sets the path of the default file, relative to the flow's source file.</summary>
    public string? Default { get; set; }

    /// <summary>Gets or sets a value indicating whether the file is required. The default is <see langword="true"/> if there is no
    /// default and the type cannot be <see langword="null"/>.</summary>
    public bool Required { get; set; }

    /// <summary>Gets or sets the text for <c>run --help</c>. The default is the property's XML summary.</summary>
    public string? Help { get; set; }

    /// <summary>Gets or sets the encoding of a text. The default is <c>utf-8</c>.</summary>
    public string Encoding { get; set; } = "utf-8";
}
