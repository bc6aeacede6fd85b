namespace Metaflow.Metadata;

/// <summary>The names of fields of task metadata that readers and writers share.</summary>
internal static class InternalFields
{
    /// <summary>Of the task <c>_parameters</c>: the pathspec of the task whose step ran the flow.</summary>
    public const string ParentTask = "parent-task";

    /// <summary>Of the first task of a run: a JSON list of the events that started the run, as Python's <c>Run.trigger</c> reads
    /// them.</summary>
    public const string Triggers = "execution-triggers";

    /// <summary>Of the task <c>_parameters</c>: a JSON object of hashes of the code by step; one datum for each code that the run was run
    /// with.</summary>
    public const string RecordedCode = "code-identities";

    /// <summary>The pathspec of a run that the task's step started; one datum for each.</summary>
    public const string ChildRun = "child-run";

    /// <summary>Of a task that <c>run --cache</c> cloned: the run that it was cloned from.</summary>
    public const string CacheOriginRun = "cache-origin-run-id";

    /// <summary>Of a task that <c>run --cache</c> cloned: the task of <see cref="CacheOriginRun"/> that it was cloned from.</summary>
    public const string CacheOriginTask = "cache-origin-task-id";

    /// <summary>The environment of packages that the attempt runs with, as Metaflow's Conda V2 extension writes it: a JSON list of the
    /// hash of the requirements, the hash of the packages, and the kind of machine.</summary>
    public const string Environment = "conda_env_id";

    /// <summary>Of the task <c>_parameters</c>: an environment that the run has found for steps, in the form of
    /// <see cref="Environment"/>; one datum for each. Tasks that have it may start later.</summary>
    public const string PlannedEnvironment = "planned-environment";

    /// <summary>What kind of task it is; <see cref="ControlTask"/> for the first of a gang.</summary>
    public const string TaskType = "internal_task_type";

    /// <summary>The value of <see cref="TaskType"/> for the first task of a gang.</summary>
    public const string ControlTask = "control_task";

    /// <summary>Of a gang's tasks: how many they are.</summary>
    public const string WorldSize = "parallel-world-size";
}
