using System.Globalization;
using Metaflow.Cli.Debugging;
using Metaflow.Client;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Platform;
using Metaflow.Running;
using Metaflow.Runs;

namespace Metaflow.Cli.Commands;

/// <summary>Prints what a running task is doing.</summary>
internal sealed class DebugStacksCommand : Command<FlowContext>
{
    private const string All = "all";

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Print the managed stacks of a running task.",
        Details =
            $"INPUT is {TaskArgument.Forms}. The task must run on this machine. It is paused while its stacks are read, for some tenths of "
                + "a second.",
        Arguments = ["INPUT"],
        RequiredArguments = 1,
        Options =
        [
            new() { Name = All, Description = "Also print threads that run only code of the framework." },
            JsonOutput.Option,
        ],
        Examples = ["debug stacks latest/train", "debug stacks latest/train[3] --all"],
    };

    /// <inheritdoc/>
    public override void CheckInput(FlowContext context) => TaskArgument.Of(context);

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(FlowContext context)
    {
        var home = RunHomes.Of(context.OpenStores().Blobs, context.Streams.Time);
        var running = new List<(TaskHandle Task, int ProcessId)>();
        var tasks = TaskArgument.Of(context).FindTasks(context);
        foreach (var task in tasks)
        {
            if (await LaunchedTasks.FindAsync(home, task.Path, context.Stopping).ConfigureAwait(false) is { } handle)
            {
                running.Add((task, ProcessOf(task, handle)));
            }
        }

        if (running.Count == 0)
        {
            throw NotRunning(tasks is [var only] ? only.Pathspec : $"{tasks[0].Path.Flow}/{tasks[0].Path.RunId}/{tasks[0].Path.Step}");
        }

        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(context, running.ConvertAll(static found => Data(found.Task, found.ProcessId)));
            return ExitCodes.Success;
        }

        foreach (var (task, processId) in running)
        {
            context.Streams.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{task.Pathspec} (pid {processId})"));
            foreach (var line in StackText.Lines(ManagedStacks.Read(processId), context.Line.Flag(All)))
            {
                context.Streams.Out.WriteLine(line);
            }
        }

        return ExitCodes.Success;
    }

    private static int ProcessOf(TaskHandle task, LaunchHandle handle)
    {
        if (handle.ProcessId is not { } processId)
        {
            throw new LaunchException(
                ErrorCodes.StacksUnreadable,
                $"The stacks of task '{task.Pathspec}' cannot be read.",
                $"It was started by '{handle.Launcher}', and runs elsewhere.",
                "Run the command on the machine of the task, or read its logs.");
        }

        // The mark tells the process from another one that got its id later; a task that shares its run's process has none.
        var lives = handle.ProcessMark is { } mark ? ProcessMark.Lives(processId, mark) : ProcessMark.Of(processId) is not null;
        return lives ? processId : throw NotRunning(task.Pathspec);
    }

    private static LaunchException NotRunning(string pathspec) => new(
        ErrorCodes.StacksUnreadable,
        $"'{pathspec}' has no running task.",
        "It has ended, waits to be tried again, or its process does not run on this machine.",
        "'runs' shows the state of each run; 'logs' what a task printed.");

    private static Dictionary<string, object?> Data(TaskHandle task, int processId)
    {
        var stacks = ManagedStacks.Read(processId);
        return new()
        {
            ["task"] = task.Pathspec,
            ["process"] = processId,
            ["threads"] = stacks.Threads.Select(static thread => new Dictionary<string, object?>
            {
                ["id"] = (long)thread.Id,
                ["frames"] = Frames(thread.Frames),
            }).ToList(),
            ["awaiting"] = stacks.Awaiting.Select(Frames).ToList(),
        };
    }

    private static List<Dictionary<string, object?>> Frames(IReadOnlyList<StackedFrame> frames) =>
    [
        .. frames.Select(static frame => new Dictionary<string, object?>
        {
            ["method"] = frame.Method,
            ["place"] = frame.Place,
            ["author"] = frame.IsOfAuthor,
        }),
    ];
}
