using System.Globalization;
using Metaflow.Artifacts;
using Metaflow.Definition;
using Metaflow.Naming;
using Metaflow.Platform;
using Metaflow.Storage;

namespace Metaflow.StepEnvironments;

/// <summary>The variables that the name of an environment can have if it is looked up when a task starts. They are those of Metaflow's
/// extension for Python.</summary>
/// <param name="task">The task.</param>
/// <param name="parameters">The parameters of the flow.</param>
/// <param name="datastore">The datastore in which the run keeps their values.</param>
internal sealed class TaskVariables(TaskPath task, IReadOnlyList<ParameterDefinition> parameters, FlowDatastore datastore)
{
    private const string RunId = "METAFLOW_RUN_ID";
    private const string RunIdBase = "METAFLOW_RUN_ID_BASE";
    private const string StepName = "METAFLOW_STEP_NAME";
    private const string TaskId = "METAFLOW_TASK_ID";
    private const string OfParameter = "METAFLOW_INIT_";

    /// <summary>Gets the name on disk of the task's step.</summary>
    public string Step => task.Step;

    /// <summary>Returns true if tasks of a flow can have a variable.</summary>
    /// <param name="name">The variable's name.</param>
    /// <param name="parameters">The parameters of the flow.</param>
    /// <returns>Whether they can. The variable of a parameter without a value is not set, though.</returns>
    public static bool Knows(string name, IReadOnlyList<ParameterDefinition> parameters)
        => name is RunId or RunIdBase or StepName or TaskId || parameters.Any(parameter => NameOf(parameter) == name);

    /// <summary>Returns the value of a variable.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The value; <see langword="null"/> if there is no such variable, or if a parameter has no value that is a text, a number or
    /// a truth value.</returns>
    public string? ValueOf(string name) => name switch
    {
        RunId or RunIdBase => task.RunId,
        StepName => task.Step,
        TaskId => task.TaskId,
        _ => parameters.FirstOrDefault(parameter => NameOf(parameter) == name) is { } parameter ? ValueOf(parameter) : null,
    };

    private static string NameOf(ParameterDefinition parameter)
        => OfParameter + parameter.Name.ToUpperInvariant().Replace('-', '_');

    private string? ValueOf(ParameterDefinition parameter)
    {
        var parameters = task with { Step = TaskPath.ParametersStep, TaskId = "0" };
        var kept = Completion.Of(() => datastore.TryOpenTaskAsync(parameters, CancellationToken.None));
        return kept?.Contains(parameter.Name) != true ? null : kept.LoadPlain(parameter.Name) switch
        {
            string text => text,
            bool isTrue => isTrue ? bool.TrueString : bool.FalseString,
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => null,
        };
    }
}
