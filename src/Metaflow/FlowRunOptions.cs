using Metaflow.Configs;
using Metaflow.Running;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow;

/// <summary>Options of a run from code; see <see cref="FlowRunner"/>. The defaults are those of the command line.</summary>
public sealed record FlowRunOptions
{
    /// <summary>Gets the parameters: an object with a property for each (<c>new { alpha = 0.5 }</c>), or a dictionary by name.</summary>
    /// <remarks>A name is the name of the C# property or the name on disk. A value must have the parameter's type, convert to it without
    /// loss, or be the text that the command line accepts. For an included file, it is the path.</remarks>
    public object? Parameters { get; init; }

    /// <summary>Gets the run's tags. None by default.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Gets the decorators to add to every step that does not have them, in the form of <c>--with</c>: <c>retry:times=3</c>.
    /// None by default.</summary>
    public IReadOnlyList<string> With { get; init; } = [];

    /// <summary>Gets the maximum number of tasks that run at once. The default is 16.</summary>
    public int MaxWorkers { get; init; } = 16;

    /// <summary>Gets the maximum number of tasks of one foreach. The default is 100.</summary>
    public int MaxNumSplits { get; init; } = 100;

    /// <summary>Gets the maximum size of each stored log stream of a task, in MB of 1,048,576 bytes. The default is 10.</summary>
    public int MaxLogSize { get; init; } = 10;

    /// <summary>Gets the namespace that the steps see, or <see langword="null"/> for <c>user:name</c>.</summary>
    public string? Namespace { get; init; }

    /// <summary>Gets the sources of the flow's configurations. The default is the same as on the command line without options: the
    /// environment, then the defaults of the attributes.</summary>
    public ConfigRequest Configs { get; init; } = ConfigRequest.None;

    /// <summary>Gets the folder of the datastore, or the address of one that is not a folder (<see cref="Storage.StoreAddress"/>);
    /// <see langword="null"/> for the datastore of the settings.</summary>
    public string? DatastoreRoot { get; init; }

    /// <summary>Gets settings by the names of their environment variables (<c>METAFLOW_USER</c>). They take precedence over the
    /// environment of the process. Task processes get them as environment variables. None by default.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the folder to which relative paths and the search for the datastore are relative. The default is the working
    /// folder.</summary>
    /// <exception cref="Errors.ConfigurationException">MF2047: the folder was removed, or cannot be entered.</exception>
    public string WorkingFolder { get => field ?? throw GivenTexts.NoWorkingFolder(); init; } = GivenTexts.FindWorkingFolder()!;

    /// <summary>Gets the observer of run events (task output, failures, progress counts), or <see langword="null"/>.</summary>
    /// <remarks>Events are delivered in order on one of the run's threads, so the observer must return quickly. If it throws, the run
    /// continues, and the observer receives no further events.</remarks>
    public IProgress<RunEvent>? Progress { get; init; }

    /// <summary>Gets where tasks run. By default each has a process of its own, unless <see cref="Stores"/> are given, the setting
    /// <c>METAFLOW_ISOLATION</c> says <c>in-process</c>, or a debugger is attached.</summary>
    public TaskIsolation Isolation { get; init; }

    /// <summary>Gets stores that replace the datastore of the settings. Tasks then run in this process, since no other process can open
    /// these stores.</summary>
    public RunStores? Stores { get; init; }

    /// <summary>Gets the services of the flow for tasks that run in this process. The caller disposes them. <see langword="null"/> by
    /// default.</summary>
    public IServiceProvider? Services { get; init; }

    /// <summary>Gets the class that creates the flow's services in each task's process, instead of the class that
    /// <see cref="FlowServicesAttribute"/> names.</summary>
    /// <remarks>The class has a parameterless constructor and implements <see cref="IFlowServices"/>.</remarks>
    public Type? ServicesType { get; init; }

    /// <summary>Gets the clock. The default is the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gets settings that are used unchanged, instead of settings from the environment and files.</summary>
    internal Settings.MetaflowSettings? LoadedSettings { get; init; }

    /// <summary>Gets a value indicating whether every value that a step stores is read back and compared. It needs
    /// <see cref="TaskIsolation.InProcess"/>.</summary>
    internal bool ReadsBack { get; init; }

    /// <summary>Gets the pathspec of the task whose step runs the flow, or <see langword="null"/>.</summary>
    internal string? ParentTask { get; init; }

    /// <summary>Gets the program that runs tasks, or <see langword="null"/> for the package's task host.</summary>
    internal Launching.ProgramLocation? Program { get; init; }
}
