using Metaflow.Environments.Requirements;

namespace Metaflow;

/// <summary>Runs the tasks of a step with an environment that was resolved before and has a name, or with that of a step of an earlier
/// run.</summary>
/// <example><c>[NamedEnvironment("team/training:stable")]</c></example>
/// <example><c>[NamedEnvironment("team/training:@{METAFLOW_INIT_TRAINING}", FetchAtExec = true)]</c></example>
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

    /// <summary>Gets or sets a value indicating whether the name is looked up each time that a task of the step starts, instead of once
    /// before the run begins. The default is <see langword="false"/>.</summary>
    /// <remarks>The name can then have variables of the task, such as <c>@{METAFLOW_RUN_ID}</c>, <c>@{METAFLOW_STEP_NAME}</c>,
    /// <c>@{METAFLOW_TASK_ID}</c>, and <c>@{METAFLOW_INIT_ALPHA}</c> for the parameter <c>alpha</c>. The step can ask for nothing else
    /// (MF7106).</remarks>
    public bool FetchAtExec { get; set; }

    /// <inheritdoc/>
    public override string DecoratorName => "named_env";

    /// <inheritdoc/>
    public override bool AllowsMultiple => false;

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, object?>> ToData() =>
    [
        new("name", Name), new("pathspec", Pathspec), new("fetch_at_exec", FetchAtExec), new("disabled", Disabled),
    ];

    /// <inheritdoc/>
    internal override EnvironmentRequirement ToRequirement(string place) => new(place)
    {
        Disabled = Disabled ? true : null,
        Name = Name,
        Pathspec = Pathspec,
        FetchAtExecution = FetchAtExec ? true : null,
    };
}
