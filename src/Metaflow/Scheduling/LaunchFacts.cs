using Metaflow.Definition;
using Metaflow.Launching;
using Metaflow.Settings;

namespace Metaflow.Scheduling;

/// <summary>What the launches of all tasks of a run have in common, be it a whole run or the single step of a spin.</summary>
/// <param name="Definition">The flow's definition.</param>
/// <param name="Settings">The settings.</param>
/// <param name="Program">The program that runs the tasks.</param>
internal sealed record LaunchFacts(FlowDefinition Definition, MetaflowSettings Settings, ProgramLocation Program)
{
    /// <summary>Gets the decorators given at run time.</summary>
    public required IReadOnlyList<string> With { get; init; }

    /// <summary>Gets what references to configurations were filled with.</summary>
    public required IReadOnlyList<string> ConfigTexts { get; init; }

    /// <summary>Gets the options that decorators of the flow add, as texts.</summary>
    public required IReadOnlyList<string> FlowOptions { get; init; }

    /// <summary>Gets the most megabytes of a task's log.</summary>
    public required int MaxLogSize { get; init; }
}
