namespace Metaflow.Scenarios.Tests.Matrix.Generation;

/// <summary>Code for the steps that have one of some qualities.</summary>
/// <param name="Priority">The lowest number wins where several fit.</param>
/// <param name="Quals">The qualities, separated by blanks.</param>
/// <param name="Code">The statements before the transition, in C#. A step after a foreach has <c>item</c>, a join <c>inputs</c>.</param>
internal sealed record StepCode(int Priority, string Quals, string Code = "")
{
    /// <summary>Gets a value indicating whether a graph without such a step is left out.</summary>
    public bool Required { get; init; }

    /// <summary>Gets the attributes of the step beside <c>[Step]</c>.</summary>
    public string Attributes { get; init; } = "";

    public bool Fits(IReadOnlySet<string> quals) => Quals.Split(' ').Any(quals.Contains);
}

/// <summary>What a test puts into the steps of a graph, and how the flow is then run.</summary>
internal abstract class FlowPlan
{
    /// <summary>Gets the test's name; the flow's is this and <c>Flow</c>.</summary>
    public string Name => GetType().Name;

    public string FlowName => Name + "Flow";

    /// <summary>Gets the code of the steps.</summary>
    public abstract IReadOnlyList<StepCode> Steps { get; }

    /// <summary>Gets the members of the flow's class: artifacts, parameters, constants.</summary>
    public virtual string Members => "";

    /// <summary>Gets declarations beside the flow's class.</summary>
    public virtual string Types => "";

    /// <summary>Gets the attributes of the flow's class.</summary>
    public virtual string Attributes => "";

    /// <summary>Gets the graphs that it is for; none for all graphs without a switch.</summary>
    public virtual IReadOnlyList<string> OnlyGraphs => [];

    /// <summary>Gets a value indicating whether the run must fail.</summary>
    public virtual bool Fails => false;

    /// <summary>Gets a value indicating whether the run must fail and is then resumed.</summary>
    public virtual bool Resumes => false;

    /// <summary>Gets the step that is given to <c>resume</c>.</summary>
    public virtual string? ResumeStep => null;

    /// <summary>Gets variables of the environment in which the flow is run.</summary>
    public virtual IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>();

    /// <summary>Gets texts of files that are there before the run.</summary>
    public virtual IReadOnlyDictionary<string, string> Files => new Dictionary<string, string>();

    /// <summary>Gets texts of files that are beside the program, where defaults of included files are looked for.</summary>
    public virtual IReadOnlyDictionary<string, string> ProgramFiles => new Dictionary<string, string>();

    /// <summary>Gets options before the command.</summary>
    public virtual IReadOnlyList<string> TopOptions => [];

    /// <summary>Gets the names of the artifacts that are looked at through the command line; none for all.</summary>
    public virtual IReadOnlyList<string> Dumped => [];

    /// <summary>Returns the expression whose items a foreach of the graph is over.</summary>
    public virtual string ItemsOf(GraphStep split) => split.Items!;

    /// <summary>Says whether the test can be combined with a graph: every code that is required finds a step.</summary>
    public bool Fits(MatrixGraph graph)
    {
        if (OnlyGraphs.Count > 0 ? !OnlyGraphs.Contains(graph.Name) : graph.HasSwitch)
        {
            return false;
        }

        var used = graph.Steps.Select(step => CodeOf(graph, step)).ToHashSet();
        return Steps.Where(static code => code.Required).All(used.Contains);
    }

    /// <summary>Returns the code of a step: of those that fit, that of the lowest priority.</summary>
    public StepCode CodeOf(MatrixGraph graph, GraphStep step)
    {
        var quals = graph.QualsOf(step);
        return Steps.Where(code => code.Fits(quals)).OrderBy(static code => code.Priority).FirstOrDefault()
            ?? throw new InvalidOperationException($"{Name} has no code for step '{step.Name}' of graph '{graph.Name}'.");
    }
}
