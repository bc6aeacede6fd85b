namespace Metaflow.Client;

/// <summary>The graph of a run, as its artifact <c>_graph_info</c> tells it.</summary>
internal sealed class RunGraph
{
    private const string Join = "join";

    private readonly Dictionary<string, IReadOnlyList<string>> _next = new(StringComparer.Ordinal);
    private readonly HashSet<string> _joins = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _matchingJoins = new(StringComparer.Ordinal);

    private RunGraph(IReadOnlyList<string> parameters, string? endStep, string? startStep)
    {
        Parameters = parameters;
        EndStep = endStep;
        StartStep = startStep;
    }

    /// <summary>Gets the names of the parameters.</summary>
    public IReadOnlyList<string> Parameters { get; }

    /// <summary>Gets the name of the end step; old runs do not tell it.</summary>
    public string? EndStep { get; }

    /// <summary>Gets the name of the start step; old runs do not tell it.</summary>
    public string? StartStep { get; }

    /// <summary>Reads a graph.</summary>
    /// <param name="graphInfo">The artifact as plain data.</param>
    /// <returns>The graph; an empty one when the data have another form.</returns>
    public static RunGraph FromPlain(object? graphInfo)
    {
        var parameters = (Member(graphInfo, "parameters") as IEnumerable<object?> ?? [])
            .Select(static parameter => Member(parameter, "name") as string)
            .OfType<string>();
        var graph = new RunGraph([.. parameters], Member(graphInfo, "end_step") as string, Member(graphInfo, "start_step") as string);
        if (Member(graphInfo, "steps") is IReadOnlyDictionary<object, object?> steps)
        {
            foreach (var (name, step) in steps)
            {
                graph.Add((string)name, step);
            }
        }

        return graph;
    }

    /// <summary>Returns whether a step joins the tasks of a split.</summary>
    /// <param name="step">The step.</param>
    /// <returns>Whether it does.</returns>
    public bool IsJoin(string step) => _joins.Contains(step);

    /// <summary>Returns the steps whose splits a step joins.</summary>
    /// <param name="join">The step that joins.</param>
    /// <returns>Their names; none if the run does not tell.</returns>
    public IReadOnlyList<string> SplitsOf(string join)
        => [.. _matchingJoins.Where(split => split.Value == join).Select(static split => split.Key)];

    /// <summary>Returns the steps that a step moves on to.</summary>
    /// <param name="step">The step.</param>
    /// <returns>Their names.</returns>
    public IReadOnlyList<string> ChildrenOf(string step) => _next.GetValueOrDefault(step, []);

    /// <summary>Returns the steps that move on to a step.</summary>
    /// <param name="step">The step.</param>
    /// <returns>Their names.</returns>
    public IReadOnlyList<string> ParentsOf(string step)
        => [.. _next.Where(other => other.Value.Contains(step)).Select(static other => other.Key)];

    private void Add(string name, object? step)
    {
        _next[name] = [.. (Member(step, "next") as IEnumerable<object?> ?? []).OfType<string>()];
        if (Member(step, "type") is Join)
        {
            _joins.Add(name);
        }

        if (Member(step, "matching_join") is string join)
        {
            _matchingJoins[name] = join;
        }
    }

    private static object? Member(object? data, string name)
        => data is IReadOnlyDictionary<object, object?> members ? members.GetValueOrDefault(name) : null;
}
