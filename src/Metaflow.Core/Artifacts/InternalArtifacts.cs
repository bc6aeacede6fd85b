namespace Metaflow.Artifacts;

/// <summary>The names of the framework's own artifacts (formats 1.13).</summary>
internal static class InternalArtifacts
{
    /// <summary>The flow's name.</summary>
    public const string Name = "name";

    /// <summary>The graph as plain data.</summary>
    public const string GraphInfo = "_graph_info";

    /// <summary>The foreaches that the task is in.</summary>
    public const string ForeachStack = "_foreach_stack";

    /// <summary>Which artifact a foreach iterates.</summary>
    public const string ForeachVar = "_foreach_var";

    /// <summary>How many items a foreach has.</summary>
    public const string ForeachNumSplits = "_foreach_num_splits";

    /// <summary>The items of a foreach as short texts.</summary>
    public const string ForeachValues = "_foreach_values";

    /// <summary>The items of a foreach over an expression that is not an artifact.</summary>
    public const string ForeachItems = Graph.TransitionNode.ForeachItemsArtifact;

    /// <summary>Whether the number of tasks is not counted from items: of a task that starts a gang, and of the gang's own.</summary>
    public const string UnboundedForeach = "_unbounded_foreach";

    /// <summary>The size of a gang, as an object of Python Metaflow; see <see cref="GangIterator"/>.</summary>
    public const string ParallelIterator = "_parallel_ubf_iter";

    /// <summary>Of a gang's first task: the tasks whose results are joined, as <c>run/step/task</c>.</summary>
    public const string ControlMapperTasks = "_control_mapper_tasks";

    /// <summary>Of a gang's first task: whether it does a share of the work itself.</summary>
    public const string ControlTaskIsMapperZero = "_control_task_is_mapper_zero";

    /// <summary>The passes of the loops around the task.</summary>
    public const string IterationStack = "_iteration_stack";

    /// <summary>The next steps and the artifact iterated.</summary>
    public const string Transition = "_transition";

    /// <summary>The chosen step of a switch.</summary>
    public const string Condition = "_condition";

    /// <summary>The step's name.</summary>
    public const string CurrentStep = "_current_step";

    /// <summary>Whether the attempt finished, a caught failure included.</summary>
    public const string TaskOk = "_task_ok";

    /// <summary>Whether the author's code succeeded.</summary>
    public const string Success = "_success";

    /// <summary>The author's failure.</summary>
    public const string Exception = "_exception";

    /// <summary>The failure that was caught.</summary>
    public const string CatchException = "_catch_exception";
}
