using Metaflow.Cli.Completion;
using Metaflow.Cli.Parsing;
using Metaflow.Client;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Stores;

namespace Metaflow.Tool.Commands;

/// <summary>Which runs are copied: those that are named, and those of named flows that meet conditions.</summary>
internal sealed class CopySelection
{
    private const string Tag = "tag";
    private const string State = "state";
    private const string User = "user";
    private const string Limit = "limit";

    private static readonly RunState[] Running = [RunState.Running, RunState.Pending];

    private static readonly string[] States =
    [
        .. Enum.GetValues<RunState>().Except(Running).Select(RunStatus.NameOf),
    ];

    private readonly CommandContext _context;
    private readonly IReadOnlyList<string> _tags;
    private readonly IReadOnlyList<string> _states;
    private readonly string? _user;
    private readonly int _limit;

    private CopySelection(CommandContext context)
    {
        _context = context;
        _tags = context.Line.All(Tag);
        _states = context.Line.All(State);
        _user = context.Line.Text(User);
        _limit = context.Line.WholeNumber(Limit, int.MaxValue, minimum: 1);
        if (((string[])[Tag, State, User, Limit]).FirstOrDefault(name => context.Line.All(name).Count > 0) is { } condition
            && context.Line.Arguments.All(static name => name.Contains('/', StringComparison.Ordinal)))
        {
            throw UsageErrors.Conflict(
                $"'--{condition}' chooses among the runs of a flow, but no flow is named.",
                "Name a flow instead of a run, or omit the option.");
        }
    }

    /// <summary>Gets the options.</summary>
    public static IReadOnlyList<OptionSpecification> Options { get; } =
    [
        new()
        {
            Name = Tag,
            IsName = true,
            ValueName = "text",
            IsRepeatable = true,
            Description = "Of a flow, copy the runs with this tag. May be given several times.",
        },
        new()
        {
            Name = State,
            ValueName = "state",
            IsRepeatable = true,
            Choices = States,
            Description = $"Of a flow, copy the runs in this state: {string.Join(", ", States)}. May be given several times.",
        },
        new() { Name = User, ValueName = "name", Description = "Of a flow, copy the runs of this user." },
        new() { Name = Limit, ValueName = "integer", Description = "Of each flow, copy this many of the newest runs at most." },
    ];

    /// <summary>Reads the options.</summary>
    /// <param name="context">The command's context.</param>
    /// <exception cref="ConfigurationException">MF2004: the limit is no number, or too small. MF2101: conditions for runs that are
    /// named.</exception>
    public static CopySelection Of(CommandContext context) => new(context);

    /// <summary>Returns what a shell offers for a run.</summary>
    /// <param name="context">The command's context.</param>
    /// <param name="typed">What is typed so far.</param>
    public static IEnumerable<Candidate> Candidates(ToolContext context, string typed) => typed.Split('/') is [var flow, _]
        ? context.Client().Flow(flow).Runs().Select(static run => new Candidate(run.Pathspec, RunStatus.NameOf(run.State)))
        : context.Client().Flows.Select(static flow => new Candidate(flow.Name));

    /// <summary>Finds the runs.</summary>
    /// <param name="source">The stores that have them.</param>
    /// <param name="namespaceName">The namespace of runs that are not named; <see langword="null"/> for all.</param>
    /// <returns>The runs: named ones in order, those of flows the oldest first, so that a copy that is cut off has no gaps.</returns>
    /// <exception cref="MetadataException">A flow or run does not exist (MF5004), or the name of one is malformed (MF5003).</exception>
    public async Task<IReadOnlyList<(string Flow, string RunId)>> FindAsync(RunStores source, string? namespaceName)
    {
        var client = new MetaflowClient(source.Metadata, source.Blobs);
        var found = new List<(string, string)>();
        foreach (var name in _context.Line.Arguments)
        {
            if (name.Contains('/', StringComparison.Ordinal))
            {
                var run = await client.GetRunAsync(name, _context.Stopping).ConfigureAwait(false);
                found.Add((run.FlowName, run.Id));
            }
            else
            {
                found.AddRange(await OfFlowAsync(client.WithNamespace(namespaceName), name).ConfigureAwait(false));
            }
        }

        return [.. found.Distinct()];
    }

    private async Task<IReadOnlyList<(string, string)>> OfFlowAsync(MetaflowClient client, string name)
    {
        var flow = await client.GetFlowAsync(name, _context.Stopping).ConfigureAwait(false);
        var found = new List<(string, string)>();
        await foreach (var run in flow.GetRunsAsync(_tags, _context.Stopping).ConfigureAwait(false))
        {
            if (found.Count == _limit)
            {
                break;
            }

            if (_user is not null && run.UserName != _user)
            {
                continue;
            }

            var state = await run.GetStateAsync(_context.Stopping).ConfigureAwait(false);
            if (Running.Contains(state) && !_context.Line.Flag(CopyCommand.Unfinished))
            {
                _context.Say($"The run '{run.Pathspec}' is still running, and is not copied.");
            }
            else if (_states.Count == 0 || _states.Contains(RunStatus.NameOf(state)))
            {
                found.Add((run.FlowName, run.Id));
            }
        }

        found.Reverse();
        return found;
    }
}
