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
    public static LaunchRequest Request(RunContext context, RunRecord run, ScheduledTask task)
        => Hooked(context.DecoratorsOf(task.Step), Prepare(context, run, task));

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
        var place = PlaceOf(context, run, task) with
        {
            InputPaths = [.. task.Inputs.Select(input => $"{run.RunId}/{input.Step}/{input.TaskId}")],
            MetadataType = context.Metadata.TypeName,
            ControlTaskId = task.Gang?.ControlTaskId ?? "",
            Item = task.SplitIndex is null && context.Definition.Graph.Find(task.Step)!.ItemType is not null ? ItemOf(run, task) : null,
            Iterations = task.Iterations,
            Attempt = task.Attempt,
            MaxUserCodeRetries = task.FirstAttempt + context.BudgetOf(task.Step).UserRetries,
            OriginRunId = context.OriginRunId,
            Build = ProgramBuild.Of(context.Flow),
            Expected = context.Reads.Of(task.Step),
        };
        var request = Prepare(context.LaunchFacts with { Program = context.ProgramOf(task.Step) }, context.DecoratorsOf(task.Step), place);
        return task.Gang is { } seat ? request with { Environment = WithSeat(request.Environment, seat) } : request;
    }

    /// <summary>Makes a request before the hooks of decorators are called.</summary>
    /// <param name="facts">What the launches of the run have in common.</param>
    /// <param name="decorators">The decorators in force for the step.</param>
    /// <param name="place">Where the task is in its run.</param>
    /// <returns>The request.</returns>
    public static LaunchRequest Prepare(LaunchFacts facts, StepDecorators decorators, TaskCommandLine place)
    {
        var graph = facts.Definition.Graph;
        var node = graph.Find(place.Step)!;
        var line = place with
        {
            IsSwitch = graph.KindOf(node) == StepKind.SplitSwitch,
            NextWhenCaught = decorators.Find<CatchAttribute>() is null ? [] : graph.NextOf(node),
            Namespace = facts.Settings.Namespace ?? "",
            With = facts.With,
            ConfigTexts = facts.ConfigTexts,
            FlowOptions = facts.FlowOptions,
        };
        var path = new TaskPath(facts.Definition.FlowName, place.RunId, place.Step, place.TaskId);
        return new LaunchRequest(
            path, place.Attempt, line.ToArguments(), EnvironmentOf(facts.Settings, place.RunId), facts.MaxLogSize * Megabyte)
        {
            Program = facts.Program,
            Decorators = decorators.All,
        };
    }

    // All members run on this machine; a back end sets the address of its first one.
    private static Dictionary<string, string> WithSeat(IReadOnlyDictionary<string, string> environment, GangSeat seat) => new(environment)
    {
        [GangVariables.MainIp] = GangVariables.Local,
        [GangVariables.NodeCount] = seat.Size.ToString(CultureInfo.InvariantCulture),
        [GangVariables.NodeIndex] = seat.Index.ToString(CultureInfo.InvariantCulture),
        [GangVariables.ControlTaskId] = seat.ControlTaskId,
    };

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
    private static Dictionary<string, string> EnvironmentOf(MetaflowSettings settings, string runId)
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

    /// <summary>A step deeper in a foreach has its item too: that of the innermost one around it, which the task that split
    /// holds.</summary>
    private static ItemAddress? ItemOf(RunRecord run, ScheduledTask task)
        => task.Frames.FindLast(static frame => frame.IsForeach) is { } frame
            ? new ItemAddress($"{run.RunId}/{frame.SplitStep}/{frame.SplitTaskId}", frame.Index)
            : null;
}
