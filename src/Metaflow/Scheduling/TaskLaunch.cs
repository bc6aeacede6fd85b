using System.Globalization;
using Metaflow.Decorators;
using Metaflow.Graph;
using Metaflow.Launching;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.Scheduling;

/// <summary>Translates a scheduled task into a process to start.</summary>
internal static class TaskLaunch
{
    /// <summary>The unit of sizes of logs.</summary>
    public const long Megabyte = 1024 * 1024;

    /// <summary>Makes the request, and calls the hooks of the step's decorators.</summary>
    /// <param name="context">What the run works with.</param>
    /// <param name="run">The run.</param>
    /// <param name="task">The task.</param>
    /// <returns>The request.</returns>
    /// <exception cref="Errors.LaunchException">A decorator forbids it, or fails (MF6022).</exception>
    public static LaunchRequest Request(RunContext context, RunRecord run, ScheduledTask task) => Hooked(context.DecoratorsOf(task.Step), Prepare(context, run, task));

    /// <summary>Returns whether decorators of a task's step have a say in its launch.</summary>
    /// <param name="context">What the run works with.</param>
    /// <param name="task">The task.</param>
    /// <returns>Whether they have.</returns>
    public static bool HasHooks(RunContext context, ScheduledTask task) => context.DecoratorsOf(task.Step).All.Count > 0;

    /// <summary>Makes a request as the hooks of the step's decorators want it.</summary>
    /// <param name="decorators">The decorators in force.</param>
    /// <param name="request">The request before they are called.</param>
    /// <returns>The request.</returns>
    /// <exception cref="Errors.LaunchException">A decorator forbids it, or fails (MF6022).</exception>
    public static LaunchRequest Hooked(StepDecorators decorators, LaunchRequest request)
    {
        var environment = new Dictionary<string, string>(request.Environment);
        var hooked = LaunchHooks.Call(decorators, new LaunchHookContext(request.Task, request.Attempt, environment));
        return request with
        {
            Environment = environment,
            Deadline = hooked.Deadline,
            MemoryLimitMB = hooked.MemoryLimitMB,
            AnnouncesSecrets = hooked.AnnouncesSecrets,
        };
    }

    /// <summary>Makes the request before the hooks of decorators are called.</summary>
    /// <param name="context">What the run works with.</param>
    /// <param name="run">The run.</param>
    /// <param name="task">The task.</param>
    /// <returns>The request.</returns>
    public static LaunchRequest Prepare(RunContext context, RunRecord run, ScheduledTask task)
    {
        var graph = context.Definition.Graph;
        var node = graph.Find(task.Step)!;
        var decorators = context.DecoratorsOf(task.Step);
        var line = new TaskCommandLine
        {
            Step = task.Step,
            RunId = run.RunId,
            TaskId = task.TaskId,
            InputPaths = [.. task.Inputs.Select(input => $"{run.RunId}/{input.Step}/{input.TaskId}")],
            Datastore = StoreAddress.Of(context.Datastore.Blobs),
            MetadataType = context.Metadata.TypeName,
            SplitIndex = task.SplitIndex,
            NumParallel = task.Gang?.Size,
            ControlTaskId = task.Gang?.ControlTaskId ?? "",
            Item = task.SplitIndex is null && node.ItemType is not null ? ItemOf(run, task) : null,
            Join = task.Join,
            Iterations = task.Iterations,
            Attempt = task.Attempt,
            MaxUserCodeRetries = task.FirstAttempt + context.BudgetOf(task.Step).UserRetries,
            IsSwitch = graph.KindOf(node) == StepKind.SplitSwitch,
            NextWhenCaught = decorators.Find<CatchAttribute>() is null ? [] : graph.NextOf(node),
            Namespace = context.Settings.Namespace ?? "",
            OriginRunId = context.OriginRunId,
            Build = ProgramBuild.Of(context.Flow),
            With = context.With,
            ConfigTexts = context.ConfigTexts,
            FlowOptions = context.FlowOptions.ToTexts(),
        };
        var environment = EnvironmentOf(context.Settings, run.RunId);
        if (task.Gang is { } seat)
        {
            // All members run on this machine; a back end sets the address of its first one.
            environment[GangVariables.MainIp] = GangVariables.Local;
            environment[GangVariables.NodeCount] = seat.Size.ToString(CultureInfo.InvariantCulture);
            environment[GangVariables.NodeIndex] = seat.Index.ToString(CultureInfo.InvariantCulture);
            environment[GangVariables.ControlTaskId] = seat.ControlTaskId;
        }

        var path = new TaskPath(run.Flow, run.RunId, task.Step, task.TaskId);
        return new LaunchRequest(path, task.Attempt, line.ToArguments(), environment, context.Request.MaxLogSize * Megabyte)
        {
            Program = context.Program,
            Decorators = decorators.All,
        };
    }

    /// <summary>Says where a task is in its run, as its command line would.</summary>
    /// <param name="context">What the run works with.</param>
    /// <param name="run">The run.</param>
    /// <param name="task">The task.</param>
    /// <returns>The place, without inputs.</returns>
    public static TaskCommandLine PlaceOf(RunContext context, RunRecord run, ScheduledTask task) => new()
    {
        Step = task.Step,
        RunId = run.RunId,
        TaskId = task.TaskId,
        InputPaths = [],
        Datastore = StoreAddress.Of(context.Datastore.Blobs),
        Join = task.Join,
        SplitIndex = task.SplitIndex,
        NumParallel = task.Gang?.Size,
    };

    /// <summary>Returns the variables that the process of any task gets, whatever started it.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="runId">The run's id.</param>
    /// <returns>The variables by name; the caller's to change.</returns>
    public static Dictionary<string, string> EnvironmentOf(MetaflowSettings settings, string runId)
    {
        var environment = new Dictionary<string, string>(settings.TaskVariables)
        {
            ["METAFLOW_RUN_ID"] = runId,
            ["METAFLOW_USER"] = settings.User,
        };
        foreach (var name in SettingTable.OfTasks)
        {
            if (settings.Environment.TryGetValue(name, out var value))
            {
                environment[name] = value;
            }
        }

        return environment;
    }

    /// <summary>A step deeper in a foreach has its item too: that of the innermost one around it, which the task that split holds.</summary>
    private static ItemAddress? ItemOf(RunRecord run, ScheduledTask task)
        => task.Frames.FindLast(static frame => frame.IsForeach) is { } frame ? new ItemAddress($"{run.RunId}/{frame.SplitStep}/{frame.SplitTaskId}", frame.Index) : null;
}
