namespace Metaflow.Metadata;

/// <summary>The names of fields of task metadata that readers and writers share.</summary>
public static class InternalFields
{
    /// <summary>Of the task <c>_parameters</c>: the pathspec of the task whose step ran the flow.</summary>
    public const string ParentTask = "parent-task";

    /// <summary>The pathspec of a run that the task's step started; one datum for each.</summary>
    public const string ChildRun = "child-run";

    /// <summary>What kind of task it is; <see cref="ControlTask"/> for the first of a gang.</summary>
    public const string TaskType = "internal_task_type";

    /// <summary>The value of <see cref="TaskType"/> for the first task of a gang.</summary>
    public const string ControlTask = "control_task";

    /// <summary>Of a gang's tasks: how many they are.</summary>
    public const string WorldSize = "parallel-world-size";
}
