using System.Globalization;
using System.Numerics;
using Metaflow.Cli.Parsing;
using Metaflow.Client;
using Metaflow.Commands;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Storage;

namespace Metaflow.Cli.Commands;

/// <summary>A run of a list, with the values of the columns that were asked for.</summary>
/// <param name="Summary">What lists say of a run.</param>
/// <param name="Values">The values of the parameters and artifacts, by the column's name; those that the run lacks are not among
/// them.</param>
internal sealed record ListedRun(RunSummary Summary, IReadOnlyDictionary<string, object?> Values);

/// <summary>Which runs a list has, in which order and with what: the options of <c>runs</c>.</summary>
internal sealed class RunListing
{
    private const string Limit = "limit";
    private const string Tag = "tag";
    private const string State = "state";
    private const string User = "user";
    private const string Columns = "columns";
    private const string Sort = "sort";
    private const int UsualLimit = 20;

    // So many runs are looked at together while those of a state are looked for.
    private const int Batch = 32;

    private static readonly string[] States = [.. Enum.GetValues<RunState>().Select(RunStatus.NameOf)];

    private readonly int _limit;
    private readonly IReadOnlyList<string> _tags;
    private readonly IReadOnlyList<string> _states;
    private readonly string? _user;
    private readonly string[] _columns;
    private readonly RunColumn? _sort;
    private readonly bool _isDescending;

    private RunListing(CommandContext context, FlowDefinition? definition)
    {
        var line = context.Line;
        _limit = line.WholeNumber(Limit, UsualLimit, minimum: 1);
        _tags = line.All(Tag);
        _states = line.All(State);
        _user = line.Text(User);
        var sort = line.Text(Sort);
        _isDescending = sort is ['-', ..];
        _sort = sort is null ? null : new RunColumn(SortName(sort), definition);
        _columns = line.Text(Columns) is { } columns ? ColumnNames(columns) : [];
        Asked = [.. _columns.Concat(_sort is { IsUsual: false } ? [_sort.Name] : []).Distinct().Select(
            column => new RunColumn(column, definition))];
    }

    /// <summary>Gets the options.</summary>
    public static IReadOnlyList<OptionSpecification> Options { get; } =
    [
        new()
        {
            Name = Columns,
            ValueName = "name,name…",
            Description =
                "Show these columns: parameters, artifacts of the end step, artifacts of another step as 'step.name', and "
                    + $"{string.Join(", ", RunColumn.UsualNames)}. An artifact that is called like one of these is 'end.state', and a "
                    + "parameter '_parameters.state'.",
        },
        new()
        {
            Name = Sort,
            ValueName = "name",
            Description =
                "Sort by this column, '-name' for the largest first. Runs without a value come last. By default the newest come first.",
        },
        new()
        {
            Name = Tag,
            IsName = true,
            ValueName = "text",
            IsRepeatable = true,
            Description = "List runs with this tag. May be given several times.",
        },
        new()
        {
            Name = State,
            ValueName = "state",
            IsRepeatable = true,
            Choices = States,
            Description = $"List runs in this state: {string.Join(", ", States)}. May be given several times.",
        },
        new() { Name = User, ValueName = "name", Description = "List the runs of this user, whatever the namespace." },
        new()
        {
            Name = Limit,
            ValueName = "integer",
            Description = "List this many runs at most.",
            Default = UsualLimit.ToString(CultureInfo.InvariantCulture),
        },
        JsonOutput.Option,
    ];

    /// <summary>Gets the columns that were asked for; none for those that every list has.</summary>
    public IReadOnlyList<RunColumn> Asked { get; }

    /// <summary>Gets a value indicating whether one user's runs are wanted, whatever their namespace.</summary>
    public bool IsOfUser => _user is not null;

    /// <summary>Reads the options.</summary>
    /// <param name="context">The command's context.</param>
    /// <param name="definition">The flow, where it is known.</param>
    /// <exception cref="ConfigurationException">MF2004: the limit is no number, or too small, or an option names no column.</exception>
    public static RunListing Of(CommandContext context, FlowDefinition? definition) => new(context, definition);

    /// <summary>Reads the runs that are wanted, and of each no more than is shown or compared.</summary>
    /// <param name="runs">All runs, the newest first.</param>
    /// <param name="known">The names that a column may have, for a remedy; asked only when one is not found.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <exception cref="ConfigurationException">MF2004: no run has a value of a column's name.</exception>
    public async Task<IReadOnlyList<ListedRun>> ReadAsync(
        IEnumerable<RunHandle> runs, Func<IEnumerable<string>> known, CancellationToken cancellationToken)
    {
        var matching = runs.Where(run => (_user is null || run.UserName == _user) && _tags.All(run.Tags.Contains));
        var chosen = _sort is null
            ? await NewestAsync(matching, cancellationToken).ConfigureAwait(false)
            : await SortedAsync(matching, cancellationToken).ConfigureAwait(false);
        var listed = await chosen.ReadEachAsync(CompleteAsync, cancellationToken).ConfigureAwait(false);
        foreach (var column in Asked.Where(static column => !column.IsUsual && !column.IsDeclared))
        {
            if (listed.Count > 0 && listed.All(run => !run.Values.ContainsKey(column.Name)))
            {
                throw Unknown(_columns.Contains(column.Name) ? Columns : Sort, column.Name, [.. RunColumn.UsualNames, .. known()]);
            }
        }

        return listed;
    }

    private static string SortName(string sort) => sort.TrimStart('-') is { Length: > 0 } name
        ? name
        : throw UsageErrors.InvalidValue(
            Sort, $"'{sort}' names no column.", "Write a column's name, such as 'started', or '-started' for the largest first.");

    private static string[] ColumnNames(string columns)
        => columns.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } names
            ? names
            : throw UsageErrors.InvalidValue(
                Columns, $"'{columns}' names no column.", "Write names with commas, such as 'alpha,started', or omit the option.");

    private static ConfigurationException Unknown(string option, string name, IReadOnlyList<string> known)
    {
        var closest = ClosestName.Find(name, known);
        return UsageErrors.InvalidValue(
            option,
            $"no run of the list has a parameter or a result '{name}'.",
            closest is null
                ? $"There are {string.Join(", ", known.Distinct().Select(static other => $"'{other}'"))}."
                : $"Did you mean '{closest}'?");
    }

    // Runs are looked at until there are enough of the states.
    private async Task<IEnumerable<Candidate>> NewestAsync(IEnumerable<RunHandle> runs, CancellationToken cancellationToken)
    {
        if (_states.Count == 0)
        {
            return runs.Take(_limit).Select(static run => new Candidate(run, null, null));
        }

        var found = new List<Candidate>();
        foreach (var batch in runs.Chunk(Batch).TakeWhile(_ => found.Count < _limit))
        {
            found.AddRange(await OfStatesAsync(batch, cancellationToken).ConfigureAwait(false));
        }

        return found.Take(_limit);
    }

    private async Task<IEnumerable<Candidate>> SortedAsync(IEnumerable<RunHandle> runs, CancellationToken cancellationToken)
    {
        var candidates = _states.Count == 0
            ? runs.Select(static run => new Candidate(run, null, null))
            : await OfStatesAsync(runs, cancellationToken).ConfigureAwait(false);
        var read = await candidates.ReadEachAsync(WithSortedAsync, cancellationToken).ConfigureAwait(false);
        var ordered = read.Where(static run => !IsMissing(run.Sorted));
        var sorted = _isDescending
            ? ordered.OrderByDescending(static run => run.Sorted, Order)
            : ordered.OrderBy(static run => run.Sorted, Order);
        return sorted.Concat(read.Where(static run => IsMissing(run.Sorted))).Take(_limit);
    }

    private async Task<IEnumerable<Candidate>> OfStatesAsync(IEnumerable<RunHandle> runs, CancellationToken cancellationToken)
    {
        var read = await runs.ReadEachAsync(
            static async (run, token) => new Candidate(run, await RunSummary.OfAsync(run, token).ConfigureAwait(false), null),
            cancellationToken).ConfigureAwait(false);
        return read.Where(run => _states.Contains(RunStatus.NameOf(run.Summary!.State)));
    }

    private async Task<Candidate> WithSortedAsync(Candidate run, CancellationToken cancellationToken)
    {
        if (!_sort!.IsUsual)
        {
            var (_, value) = await _sort.ReadAsync(run.Handle, cancellationToken).ConfigureAwait(false);
            return run with { Sorted = value };
        }

        var summary = run.Summary ?? await SummaryAsync(run.Handle, cancellationToken).ConfigureAwait(false);
        return run with { Summary = _sort.IsOfRecord ? run.Summary : summary, Sorted = _sort.Of(summary) };
    }

    private Task<RunSummary> SummaryAsync(RunHandle run, CancellationToken cancellationToken) => _sort!.IsOfRecord
        ? Task.FromResult(new RunSummary(
            run.Pathspec, run.Id, RunState.Unknown, run.CreatedAt, run.UserName, run.UserTags, new Runs.RunProgress(0, 0, 0, 0)))
        : RunSummary.OfAsync(run, cancellationToken);

    private async Task<ListedRun> CompleteAsync(Candidate run, CancellationToken cancellationToken)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var column in Asked.Where(static column => !column.IsUsual))
        {
            if (await column.ReadAsync(run.Handle, cancellationToken).ConfigureAwait(false) is (true, var value))
            {
                values[column.Name] = value;
            }
        }

        return new ListedRun(run.Summary ?? await RunSummary.OfAsync(run.Handle, cancellationToken).ConfigureAwait(false), values);
    }

    private static bool IsMissing(object? value) => value is null or double.NaN or float.NaN;

    private static Comparer<object?> Order { get; } = Comparer<object?>.Create(static (one, other) => (Number(one), Number(other)) switch
    {
        ({ } left, { } right) => left.CompareTo(right),
        _ when one is IComparable comparable && other is not string && one.GetType() == other!.GetType() => comparable.CompareTo(other),
        _ => string.CompareOrdinal(RunColumn.Cell(one, TimeZoneInfo.Utc), RunColumn.Cell(other, TimeZoneInfo.Utc)),
    });

    private static double? Number(object? value) => value switch
    {
        bool flag => flag ? 1 : 0,
        BigInteger number => (double)number,
        byte or sbyte or short or ushort or int or uint or long or ulong or float or double or decimal =>
            Convert.ToDouble(value, CultureInfo.InvariantCulture),
        _ => null,
    };

    private sealed record Candidate(RunHandle Handle, RunSummary? Summary, object? Sorted);
}
