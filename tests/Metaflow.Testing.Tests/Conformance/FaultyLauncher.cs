using Metaflow.Launching;

namespace Metaflow.Testing.Tests.Conformance;

/// <summary>What a launcher does wrong.</summary>
public enum LauncherFault
{
    LosesArguments,
    TellsEndTwice,
    TellsEndEarly,
    CallsEveryFailureOne,
    MixesStreams,
    LosesEmptyLines,
    LosesEveryThousandthLine,
    StoresAll,
    EndsWhenAskedToStop,
    IgnoresKill,
    CallsNothingKilled,
    ThrowsAfterTheEnd,
    SwallowsFailures,
    LosesVariables,
    KeepsVariables,
    ShowsSecrets,
    LosesNotes,
    KnowsNoDeadline,
    TellsTheWrongObserver,
    HandlesAreOne,
    LeavesOrphans,
    InventsTasks,
}

/// <summary>The launcher of this machine, with one thing done wrong.</summary>
internal sealed class FaultyLauncher(ITaskLauncher launcher, LauncherFault fault) : ITaskLauncher
{
    private static readonly Dictionary<string, string> Kept = [];

    private readonly List<ITaskObserver> _observers = [];

    public async ValueTask<ILaunchedTask> LaunchAsync(LaunchRequest request, ITaskObserver observer, CancellationToken cancellationToken)
    {
        _observers.Add(observer);
        var told = fault == LauncherFault.TellsTheWrongObserver ? _observers[0] : observer;
        try
        {
            return new FaultyTask(await launcher.LaunchAsync(Change(request), new FaultyObserver(told, fault), cancellationToken), fault);
        }
        catch (Errors.LaunchException) when (fault == LauncherFault.SwallowsFailures)
        {
            observer.OnExit(new TaskExit(0, WasKilled: false));
            return new FaultyTask(null, fault);
        }
    }

    public ValueTask<ILaunchedTask?> AttachAsync(AttachRequest request, ITaskObserver observer, CancellationToken cancellationToken)
        => fault switch
        {
            LauncherFault.LeavesOrphans => new((ILaunchedTask?)null),
            LauncherFault.InventsTasks => new(new FaultyTask(null, fault)),
            _ => launcher.AttachAsync(request, observer, cancellationToken),
        };

    public void Dispose()
    {
        if (fault == LauncherFault.LeavesOrphans)
        {
            // As one whose jobs go on: its tasks would die with it.
            AppDomain.CurrentDomain.ProcessExit += (_, _) => launcher.Dispose();
        }
        else
        {
            launcher.Dispose();
        }
    }

    private LaunchRequest Change(LaunchRequest request)
    {
        foreach (var (name, value) in fault == LauncherFault.KeepsVariables ? request.Environment : new Dictionary<string, string>())
        {
            Kept[name] = value;
        }

        return fault switch
        {
            LauncherFault.LosesArguments => request with { Arguments = [.. request.Arguments.Take(4)] },
            LauncherFault.StoresAll => request with { MaxLogBytes = long.MaxValue },
            LauncherFault.LosesVariables => request with { Environment = new Dictionary<string, string>() },
            LauncherFault.KeepsVariables => request with { Environment = new Dictionary<string, string>(Kept) },
            LauncherFault.ShowsSecrets => request with { AnnouncesSecrets = false },
            LauncherFault.KnowsNoDeadline => request with { Deadline = null },
            _ => request,
        };
    }

    private sealed class FaultyObserver(ITaskObserver observer, LauncherFault fault) : ITaskObserver
    {
        private int _lines;

        public void OnOutput(DateTimeOffset at, string text, bool isError)
        {
            if (fault == LauncherFault.TellsEndEarly && _lines++ == 0)
            {
                observer.OnExit(new TaskExit(0, WasKilled: false));
            }

            var isLost = (fault == LauncherFault.LosesEmptyLines && text.Length == 0)
                || (fault == LauncherFault.LosesEveryThousandthLine && ++_lines % 1000 == 0);
            if (!isLost)
            {
                observer.OnOutput(at, text, fault == LauncherFault.MixesStreams ? text.Length % 2 == 0 : isError);
            }
        }

        public void OnExit(TaskExit exit)
        {
            if (fault == LauncherFault.TellsEndTwice)
            {
                observer.OnExit(exit);
            }

            observer.OnExit(fault switch
            {
                LauncherFault.CallsEveryFailureOne => exit with { ExitCode = Math.Sign(exit.ExitCode) },
                LauncherFault.CallsNothingKilled => exit with { WasKilled = false },
                _ => exit,
            });
        }
    }

    private sealed class FaultyTask(ILaunchedTask? task, LauncherFault fault) : ILaunchedTask
    {
        public Running.LaunchHandle Handle => fault == LauncherFault.HandlesAreOne || task is null ? new("local", "1/1") : task.Handle;

        public ValueTask RequestStopAsync()
            => fault == LauncherFault.EndsWhenAskedToStop ? task!.KillAsync() : task?.RequestStopAsync() ?? default;

        public ValueTask KillAsync() => fault switch
        {
            LauncherFault.ThrowsAfterTheEnd => throw new InvalidOperationException("no such process"),
            LauncherFault.IgnoresKill => default,
            _ => task?.KillAsync() ?? default,
        };

        public void AddLogLine(string text, bool isError)
        {
            if (fault != LauncherFault.LosesNotes)
            {
                task?.AddLogLine(text, isError);
            }
        }

        public void Dispose() => task?.Dispose();
    }
}
