using Metaflow.Decorators;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Graph.Rules;

namespace Metaflow;

/// <summary>Sets environment variables for the tasks of a step. They are public: use <see cref="SecretsAttribute"/> for
/// passwords.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class EnvironmentVariablesAttribute : DecoratorAttribute, ILaunchHook
{
    private readonly string? _widow;

    /// <summary>Initializes the variables.</summary>
    /// <param name="namesAndValues">The name of each variable, followed by its value: <c>"A", "1", "B", "2"</c>.</param>
    public EnvironmentVariablesAttribute(params string[] namesAndValues)
    {
        ArgumentNullException.ThrowIfNull(namesAndValues);
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < namesAndValues.Length; i += 2)
        {
            variables[namesAndValues[i]] = namesAndValues[i + 1];
        }

        _widow = namesAndValues.Length % 2 == 1 ? namesAndValues[^1] : null;
        Vars = variables;
    }

    /// <summary>Gets or sets the variables by name; none by default. <c>--with</c> sets them as
    /// <c>environment:vars={"A":"1"}</c>.</summary>
    public IReadOnlyDictionary<string, string> Vars { get; set; }

    /// <inheritdoc/>
    public override string DecoratorName => "environment";

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, object?>> ToData() => [new("vars", new Dictionary<string, string>(Vars))];

    /// <inheritdoc/>
    public override IEnumerable<GraphProblem> Check(StepNode step, FlowGraph graph)
        => StepProblem.Of(
            step,
            subject => DecoratorRules.CheckVariables(
                subject, Vars.Select(static pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)), _widow));

    /// <inheritdoc/>
    void ILaunchHook.BeforeLaunch(LaunchHookContext context)
    {
        foreach (var (name, value) in Vars)
        {
            context.Environment[name] = value;
        }
    }
}
