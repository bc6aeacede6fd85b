using Metaflow.Decorators;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Graph.Rules;

namespace Metaflow;

/// <summary>Sets secrets as environment variables in the tasks of a step, and hides them in the tasks' output and errors.</summary>
/// <remarks>A source is <c>backend.id</c>: <c>file.secrets.env</c> (lines <c>NAME=value</c>, or a JSON object where the file's name ends
/// in <c>.json</c>), <c>environment.NAME</c> or <c>environment.NEW_NAME=NAME</c> (a variable of the machine that runs the task),
/// <c>inline.NAME=value</c>, or a back end of a plug-in (<see cref="Secrets.ISecretsProvider"/>).</remarks>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class SecretsAttribute : DecoratorAttribute
{
    /// <summary>Initializes the secrets.</summary>
    /// <param name="sources">Where they come from.</param>
    public SecretsAttribute(params string[] sources) => Sources = sources;

    /// <summary>Gets or sets where the secrets come from.</summary>
    public string[] Sources { get; set; }

    /// <summary>Gets or sets the role for reading the secrets; <see langword="null"/>, the default, means the back end's
    /// default.</summary>
    public string? Role { get; set; }

    /// <summary>Gets or sets a value indicating whether a secret may replace a variable that is already set, also by another source. The
    /// default is <see langword="false"/>.</summary>
    public bool AllowOverride { get; set; }

    /// <inheritdoc/>
    public override string DecoratorName => "secrets";

    /// <summary>Gets a value indicating whether a secret itself is among the sources.</summary>
    internal bool HasInlineSource => Sources.Any(static source => SecretSource.Parse(source, null).Backend == SecretSource.Inline);

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, object?>> ToData() =>
    [
        new("sources", Sources.Select(static source => SecretSource.Parse(source, null).Shown).ToList()),
        new("role", Role),
        new("allow_override", AllowOverride),
    ];

    /// <inheritdoc/>
    public override IEnumerable<GraphProblem> Check(StepNode step, FlowGraph graph)
        => StepProblem.Of(step, subject => DecoratorRules.CheckSecrets(subject, Sources));

    /// <inheritdoc/>
    public override object CreateHook() => new SecretsHook(this);
}
