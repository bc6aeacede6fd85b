using System.Text.Json;

namespace Metaflow.Scenarios.Tests.Matrix.Generation;

/// <summary>A step of a graph: how it goes on, and the qualities that tests choose their code by.</summary>
internal sealed record GraphStep
{
    public required string Name { get; init; }

    public IReadOnlyList<string> Next { get; init; } = [];

    public IReadOnlyList<string> Quals { get; init; } = [];

    public bool Join { get; init; }

    public string? Foreach { get; init; }

    public string? Items { get; init; }

    public string? ItemType { get; init; }

    public string? Default { get; init; }

    public IReadOnlyDictionary<string, string>? Switch { get; init; }

    public string? Condition { get; init; }

    public string? Parallel { get; init; }

    public int Nodes { get; init; }

    /// <summary>Gets what the step is to a reader of the graph.</summary>
    public string Kind
        => Join
            ? "join"
            : Foreach is not null
            ? "foreach"
            : Parallel is not null
            ? "parallel"
            : Switch is not null
            ? "switch"
            : Next.Count > 1
            ? "branch"
            : "linear";

    /// <summary>Gets the steps that may follow.</summary>
    public IReadOnlyList<string> Followers
        => Foreach is { } one ? [one] : Parallel is { } gang ? [gang] : Switch is { } cases ? [.. cases.Values] : Next;
}

/// <summary>A graph of the matrix, read from its file.</summary>
internal sealed record MatrixGraph(string Name, IReadOnlyList<GraphStep> Steps)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public bool HasSwitch => Steps.Any(static step => step.Switch is not null);

    public GraphStep this[string name] => Steps.Single(step => step.Name == name);

    /// <summary>Returns all graphs in the order of their names.</summary>
    public static IReadOnlyList<MatrixGraph> ReadAll() =>
    [
        .. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Matrix", "Graphs"), "*.json").Order(StringComparer.Ordinal)
            .Select(static file => JsonSerializer.Deserialize<MatrixGraph>(File.ReadAllText(file), Options)!),
    ];

    /// <summary>Returns the step whose items a step gets one of, if it follows a foreach directly.</summary>
    public GraphStep? SplitBefore(string name) => Steps.FirstOrDefault(step => step.Foreach == name);

    public bool IsGang(string name) => Steps.Any(step => step.Parallel == name);

    /// <summary>Returns the steps that move on to a step.</summary>
    public IReadOnlyList<GraphStep> Before(string name) => [.. Steps.Where(step => step.Followers.Contains(name))];

    /// <summary>Returns all qualities of a step, those that its place in the graph gives it too.</summary>
    public IReadOnlySet<string> QualsOf(GraphStep step)
    {
        var quals = new HashSet<string>(step.Quals) { "all" };
        AddIf(step.Name is "start" or "end", step.Name);
        AddIf(step.Join, "join");
        AddIf(step.Next.Count == 1, "linear");
        AddIf(step.Switch is not null, "switch-step");
        AddIf(IsGang(step.Name), "parallel-step");
        AddIf(SplitBefore(step.Name) is not null, "item");
        return quals;

        void AddIf(bool condition, string qual)
        {
            if (condition)
            {
                quals.Add(qual);
            }
        }
    }
}
