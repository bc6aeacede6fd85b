using Metaflow.Configs;
using Metaflow.Running;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow;

/// <summary>How a flow runs from code; see <see cref="FlowRunner"/>. What is omitted is as on the command line.</summary>
public sealed record FlowRunOptions
{
    /// <summary>Gets the parameters: an object with a property for each (<c>new { alpha = 0.5 }</c>), or a dictionary by name.</summary>
    /// <remarks>A name is that of the C# property or the one on disk. A value is of the parameter's type, converts to it without loss, or
    /// is the text that the command line takes; of an included file it is the path.</remarks>
    public object? Parameters { get; init; }

    /// <summary>Gets the run's tags. None by default.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Gets the decorators attached to every step that lacks them, as <c>--with</c> takes them: <c>retry:times=3</c>. None by
    /// default.</summary>
    public IReadOnlyList<string> With { get; init; } = [];

    /// <summary>Gets the most tasks that run at once. The default is 16.</summary>
    public int MaxWorkers { get; init; } = 16;

    /// <summary>Gets the most tasks that one foreach may yield. The default is 100.</summary>
    public int MaxNumSplits { get; init; } = 100;

    /// <summary>Gets the most bytes kept of each log stream of a task, in MB of 1,048,576 bytes. The default is 10.</summary>
    public int MaxLogSize { get; init; } = 10;

    /// <summary>Gets the namespace that the steps see, or <see langword="null"/> for <c>user:name</c>.</summary>
    public string? Namespace { get; init; }

    /// <summary>Gets where the flow's configurations come from. By default as on the command line without options: the environment, then
    /// the defaults of the attributes.</summary>
    public ConfigRequest Configs { get; init; } = ConfigRequest.None;

    /// <summary>Gets the folder of the datastore, or the address of one that is not a folder (<see cref="Storage.StoreAddress"/>);
    /// <see langword="null"/> for that of the settings.</summary>
    public string? DatastoreRoot { get; init; }

    /// <summary>Gets settings by the names of their environment variables (<c>METAFLOW_USER</c>), which come before the process's own;
    /// the processes of tasks have them as variables. None by default.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the folder from which relative paths and the datastore are looked for. The default is the working folder.</summary>
    /// <exception cref="Errors.ConfigurationException">MF2047: it was removed, or cannot be entered.</exception>
    public string WorkingFolder { get => field ?? throw GivenTexts.NoWorkingFolder(); init; } = GivenTexts.FindWorkingFolder()!;

    /// <summary>Gets who is told what happens, in order, on a thread of the run: output of tasks, failures, numbers.
    /// <see langword="null"/> for nobody.</summary>
    /// <remarks>It must be quick, and what it throws never harms the run: it is then not told any more.</remarks>
    public IProgress<RunEvent>? Progress { get; init; }

    /// <summary>Gets where tasks run. By default each has a process of its own, unless <see cref="Stores"/> are given, the setting
    /// <c>METAFLOW_ISOLATION</c> says <c>in-process</c>, or a debugger is attached.</summary>
    public TaskIsolation Isolation { get; init; }

    /// <summary>Gets stores that replace the datastore of the settings. Tasks then run in this process, since no other process can open
    /// these stores.</summary>
    public RunStores? Stores { get; init; }

    /// <summary>Gets the services of the flow where its tasks run in this process; whoever made them disposes them.
    /// <see langword="null"/> by default.</summary>
    public IServiceProvider? Services { get; init; }

    /// <summary>Gets the class that makes the services of the flow in each task's process, in place of the one that
    /// <see cref="FlowServicesAttribute"/> names.</summary>
    /// <remarks>A class with a constructor without parameters that implements <see cref="IFlowServices"/>.</remarks>
    public Type? ServicesType { get; init; }

    /// <summary>Gets the clock. The default is the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gets settings that are taken as they are, rather than read from the environment and files.</summary>
    internal Settings.MetaflowSettings? LoadedSettings { get; init; }

    /// <summary>Gets a value indicating whether all that steps store is read back and compared; only with
    /// <see cref="TaskIsolation.InProcess"/>.</summary>
    internal bool ReadsBack { get; init; }

    /// <summary>Gets the pathspec of the task whose step runs the flow, or <see langword="null"/>.</summary>
    internal string? ParentTask { get; init; }

    /// <summary>Gets the program that runs tasks, or <see langword="null"/> for the package's task host.</summary>
    internal Launching.ProgramLocation? Program { get; init; }
}
