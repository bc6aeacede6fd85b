using Metaflow.Environments.Requirements;

namespace Metaflow;

/// <summary>Runs the tasks of a step with an environment that was resolved before and has a name, or with that of a step of an earlier
/// run.</summary>
/// <example><c>[NamedEnvironment("team/training:stable")]</c></example>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class NamedEnvironmentAttribute : EnvironmentDecoratorAttribute
{
    /// <summary>Initializes a decorator without a name.</summary>
    public NamedEnvironmentAttribute()
        : this(null)
    {
    }

    /// <summary>Initializes a decorator with the name of an environment.</summary>
    /// <param name="name">The name, <c>name</c> or <c>name:tag</c>. Without a tag it is <c>latest</c>.</param>
    public NamedEnvironmentAttribute(string? name) => Name = name;

    /// <summary>Gets or sets the name of the environment; <see langword="null"/>, the default, for none.</summary>
    public string? Name { get; set; }

    /// <summary>Gets or sets the pathspec of the step whose environment it is, <c>Flow/run/step</c>; <see langword="null"/>, the default,
    /// for none.</summary>
    public string? Pathspec { get; set; }

    /// <inheritdoc/>
    public override string DecoratorName => "named_env";

    /// <inheritdoc/>
    public override bool AllowsMultiple => false;

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, object?>> ToData() =>
    [
        new("name", Name), new("pathspec", Pathspec), new("disabled", Disabled),
    ];

    /// <inheritdoc/>
    internal override EnvironmentRequirement ToRequirement(string place) => new(place)
    {
        Disabled = Disabled ? true : null,
        Name = Name,
        Pathspec = Pathspec,
    };
}
