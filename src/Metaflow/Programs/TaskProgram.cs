using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Metaflow.Cli.Debugging;
using Metaflow.Errors;
using Metaflow.Launching;
using Metaflow.Platform;
using Metaflow.Secrets;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;
using Metaflow.Tasks;

namespace Metaflow.Programs;

/// <summary>The process of one task.</summary>
internal static class TaskProgram
{
    /// <summary>Says whether a program was started to run a task.</summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <returns>Whether the first is <c>step</c>, the one that waits for a task, the one that watches it, or the one that reads its
    /// stacks.</returns>
    public static bool IsTask(string[] arguments)
        => arguments.Length > 0 && arguments[0] is TaskCommandLine.Verb or TaskHandover.Verb or WatchedTaskLine.Verb
            or OwnStacks.Verb;

    /// <summary>Runs the task.</summary>
    /// <remarks>The top of a process: a bug of the framework is reported as one, in a sentence.</remarks>
    /// <param name="flow">A new object of the flow.</param>
    /// <param name="arguments">The program's arguments.</param>
    /// <returns>The exit code.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "The top of a task's process: whatever went wrong is reported, never lost.")]
    public static async Task<int> RunAsync(FlowSpec flow, IReadOnlyList<string> arguments)
    {
        using var notices = StoreNotices.To(Console.Error.WriteLine);
        try
        {
            if (arguments[0] == OwnStacks.Verb)
            {
                using var end = OwnStacks.EndAt(arguments[2]);
                return WriteStacks(int.Parse(arguments[1], CultureInfo.InvariantCulture));
            }

            if (arguments[0] == WatchedTaskLine.Verb)
            {
                return await WatchedTask.RunAsync(flow.FlowName, arguments, OpenStores).ConfigureAwait(false);
            }

            using var watch = new SchedulerWatch();
            if (arguments[0] == TaskHandover.Verb)
            {
                await WarmUp.RunAsync(Console.Out).ConfigureAwait(false);
                if (Receive() is not { } received)
                {
                    return ExitCodes.Success;
                }

                arguments = received;
            }

            var line = TaskCommandLine.FromArguments(arguments);
            ProgramBuild.Require(flow, line);
            var runner = new TaskRunner(flow, line, OpenStores(line), TimeProvider.System, Console.Error)
            {
                HideSecrets = Hiding(line.SecretChannel),
                ReportProgress = ProgressSender.Of(line.ProgressChannel),
            };
            var code = await runner.RunAsync().ConfigureAwait(false);
            if (runner.HasTimedOut && RunMark.OfThisProcess is { } mark)
            {
                // Also where [Catch] makes a success of it: the work was to end.
                MarkedProcesses.End(RunMark.TextOf(mark));
            }

            if (flow.Services is { } services)
            {
                await services.DisposeAsync().ConfigureAwait(false);
            }

            _ = EndNotice.ExpectAsync(Console.Error);
            return code;
        }
        catch (Exception fault)
        {
            return TaskFaults.Report(fault, Console.Error);
        }
    }

    // A method of its own, so that the process of a task never loads what reads stacks.
    private static int WriteStacks(int processId)
    {
        try
        {
            foreach (var line in StackText.Lines(ManagedStacks.Read(processId), isAll: false))
            {
                Console.WriteLine("    " + line);
            }
        }
        catch (LaunchException error)
        {
            Console.WriteLine($"    {error.What} {error.Why} [{error.Code}]");
        }

        return ExitCodes.Success;
    }

    private static RunStores OpenStores(TaskCommandLine line)
    {
        var options = new StoreOptions(ProcessVariables.ValueOf, TimeProvider.System) { MayBlock = true };
        var stores = RunStores.Open(line.Datastore, options, line.MetadataType);
        return line.Origin is { } origin ? stores.ReadingThrough(RunStores.OpenBlobs(origin, options)) : stores;
    }

    /// <summary>Returns what hides secrets in the log of this task, and in those of runs that its step starts.</summary>
    private static Action<IReadOnlyCollection<string>> Hiding(string? channel)
    {
        if (channel is null)
        {
            return static values => SecretChannel.Announce(null, values);
        }

        var secrets = KnownSecrets.OfTask = new KnownSecrets();
        return values =>
        {
            SecretChannel.Announce(channel, values);
            secrets.Add(values);
        };
    }

    /// <summary>Waits for a task on the standard input, which is then at its end, as the author's code expects it.</summary>
    private static IReadOnlyList<string>? Receive()
    {
        if (TaskHandover.Read(Console.OpenStandardInput()) is not { } handover)
        {
            return null;
        }

        foreach (var (name, value) in handover.Environment)
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        return handover.Arguments;
    }
}
