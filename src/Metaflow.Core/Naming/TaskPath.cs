namespace Metaflow.Naming;

/// <summary>The address of one task: flow, run, step and task id.</summary>
/// <param name="Flow">The flow's name.</param>
/// <param name="RunId">The run's id.</param>
/// <param name="Step">The step's name on disk.</param>
/// <param name="TaskId">The task's id within the run.</param>
public sealed record TaskPath(string Flow, string RunId, string Step, string TaskId)
{
    /// <summary>The name under which a run's parameters are kept, as if it were a step.</summary>
    public const string ParametersStep = "_parameters";

    /// <summary>Gets the path without the flow, as task command lines and the console show it: <c>run/step/task</c>.</summary>
    public string WithoutFlow => $"{RunId}/{Step}/{TaskId}";

    /// <summary>Reads <c>run/step/task</c>.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="text">The path without the flow.</param>
    /// <returns>The path, or <see langword="null"/> if the text does not have this form.</returns>
    public static TaskPath? FromText(string flow, string text)
    {
        var parts = text.Split('/');
        return parts is [{ Length: > 0 } run, { Length: > 0 } step, { Length: > 0 } task] ? new TaskPath(flow, run, step, task) : null;
    }

    /// <summary>Returns the pathspec, <c>Flow/run/step/task</c>.</summary>
    /// <returns>The four names with slashes between.</returns>
    public override string ToString() => $"{Flow}/{RunId}/{Step}/{TaskId}";
}
