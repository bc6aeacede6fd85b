namespace Metaflow;

/// <summary>Where the tasks of a run execute: in processes of their own or in the process that runs the flow.</summary>
public enum TaskIsolation
{
    /// <summary>The setting <c>METAFLOW_ISOLATION</c> decides. Where it is not set, tasks share this process while a debugger is attached
    /// to it, so that breakpoints in steps are hit; otherwise each task has a process of its own.</summary>
    Automatic,

    /// <summary>Each task has a process of its own: a crash ends one task. A run from code starts the package's task host with the
    /// program's assemblies.</summary>
    Process,

    /// <summary>Each task runs on a thread of this process, with a flow object of its own: for debugging, tests and short steps.</summary>
    /// <remarks>Tasks share static members and the working folder, and memory is not limited. A step that ignores
    /// <c>Current.CancellationToken</c> cannot be stopped: it is left behind, and its results are dropped.</remarks>
    InProcess,
}
