using Metaflow.Client;
using Metaflow.Decorators;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Graph.Rules;
using Metaflow.Metadata;
using Metaflow.Storage;

namespace Metaflow;

/// <summary>Says which flows start a deployed flow when their runs succeed. A user can give such a run with <c>--trigger
/// Flow/run</c>.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class TriggerOnFinishAttribute : FlowDecoratorAttribute
{
    internal const string TriggerOption = "trigger";

    /// <summary>Gets or sets the flow: its name, or <c>project.branch.Flow</c>. Either this or <see cref="Flows"/> is given.</summary>
    public string? Flow { get; set; }

    /// <summary>Gets or sets the flows of which all must have finished.</summary>
    public string[] Flows { get; set; } = [];

    /// <inheritdoc/>
    public override string DecoratorName => "trigger_on_finish";

    /// <inheritdoc/>
    public override IReadOnlyList<FlowOption> Options =>
        [
        new(
            TriggerOption,
            "Run as if started by the end of this run: 'Flow/run', or 'Flow' for its newest successful one. May be given several times.",
            "pathspec",
            IsRepeatable: true),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, object?>> ToData() =>
    [
        new("flow", Flow), new("flows", Flows), new("options", new Dictionary<string, object?>()),
    ];

    /// <inheritdoc/>
    public override IEnumerable<GraphProblem> Check(FlowDefinition definition)
        => DecoratorRules.CheckTriggers(Flow, Flows, "flow").Select(mistake => FlowProblem.Of(definition, mistake));

    /// <summary>Finds the runs that <c>--trigger</c> names.</summary>
    /// <param name="options">The values of the options.</param>
    /// <param name="metadata">The records of runs.</param>
    /// <param name="blobs">Where their data are kept.</param>
    /// <returns>The options with whole pathspecs in place of names of flows.</returns>
    /// <exception cref="ConfigurationException">MF2050: there is no such run, or it did not succeed.</exception>
    internal static FlowOptionValues Resolve(FlowOptionValues options, IMetadataProvider metadata, IBlobStore blobs)
    {
        var names = options.All(TriggerOption);
        if (names.Count == 0)
        {
            return options;
        }

        var client = new MetaflowClient(metadata, blobs);
        return new FlowOptionValues(new Dictionary<string, IReadOnlyList<string>>(options.ByName)
        {
            [TriggerOption] = [.. names.Select(name => Find(client, name))],
        });
    }

    private static string Find(MetaflowClient client, string name)
    {
        try
        {
            var run = name.Contains('/', StringComparison.Ordinal) ? client.Run(name) : client.Flow(name).LatestSuccessfulRun;
            return run is { Successful: true } ? run.Pathspec : throw Refused(name, "The run does not exist yet, or did not succeed.");
        }
        catch (MetadataException error)
        {
            throw Refused(name, error.Message);
        }
    }

    private static ConfigurationException Refused(string name, string why) => new(
        ErrorCodes.FlowOptionInvalid, $"Invalid value for '--{TriggerOption}': '{name}'.", why,
        "Name a successful run, for example 'OtherFlow/17'.")
    { ExitCode = ExitCodes.Usage };
}
