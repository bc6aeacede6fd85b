using Metaflow.Definition;

namespace Metaflow.Running;

/// <summary>Which step to run once more on the inputs of an earlier task, and what to change.</summary>
/// <param name="Pathspec">The task whose inputs are taken: <c>step</c> (of the newest run), <c>run/step</c>, <c>run/step/task</c>, or the
/// latter two behind the flow's name.</param>
internal sealed record SpinRequest(string Pathspec)
{
    /// <summary>Gets the artifacts that replace inherited ones, by name, as JSON or as the text that a parameter of the type
    /// takes.</summary>
    public IReadOnlyDictionary<string, string> Artifacts { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the parameters that replace the earlier run's, by name on disk, as text.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the decorators to attach beside those of the step, as text; of these too only those count that a spin allows. The
    /// default is none.</summary>
    public IReadOnlyList<string> With { get; init; } = [];

    /// <summary>Gets the values of the options that decorators of the flow add. The default is none.</summary>
    public FlowOptionValues FlowOptions { get; init; } = FlowOptionValues.None;

    /// <summary>Gets a value indicating whether all decorators are left out, those too that a spin allows. The default is
    /// <see langword="false"/>.</summary>
    public bool SkipsDecorators { get; init; }

    /// <summary>Gets a value indicating whether the results are kept in <c>.metaflow_spin</c>. The default is
    /// <see langword="false"/>.</summary>
    public bool Persists { get; init; }

    /// <summary>Gets the most bytes kept of each log stream, in MB of 1,048,576 bytes. The default is 10.</summary>
    public int MaxLogSize { get; init; } = 10;

    /// <summary>Gets the file that receives the run's id, or <see langword="null"/>.</summary>
    public string? RunIdFile { get; init; }

    /// <summary>Gets the folder that relative paths in options are relative to. The default is the working folder.</summary>
    /// <exception cref="Errors.ConfigurationException">MF2047: it was removed, or cannot be entered.</exception>
    public string WorkingFolder
    {
        get => field ?? throw Settings.GivenTexts.NoWorkingFolder();
        init;
    } = Settings.GivenTexts.FindWorkingFolder()!;
}

/// <summary>How a spin ended.</summary>
/// <param name="Outcome">How its run ended.</param>
/// <param name="Task">The task that ran.</param>
internal sealed record SpinOutcome(RunOutcome Outcome, Naming.TaskPath Task)
{
    /// <summary>Gets the artifacts that the step set or changed, by name, as plain data; none when it failed.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Artifacts { get; init; } = [];

    /// <summary>Gets the root that keeps the results, or <see langword="null"/> when they were not kept.</summary>
    public string? Root { get; init; }
}
