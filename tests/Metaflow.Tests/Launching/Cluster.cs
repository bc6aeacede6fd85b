using System.Collections.Concurrent;
using Metaflow.Errors;
using Metaflow.Launching;
using Metaflow.Running;
using Metaflow.Stores;
using Metaflow.Tasks;

namespace Metaflow.Tests.Launching;

/// <summary>Sends a step's tasks to <see cref="Cluster"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ClusterAttribute(string name = "cluster") : DecoratorAttribute, ILaunchedBy
{
    public string LauncherName => name;
}

/// <summary>A launcher of jobs that outlive the scheduler which submitted them, as those of a cluster do. All its jobs run in this
/// process.</summary>
internal sealed class Cluster(Func<FlowSpec> makeFlow, RunStores stores) : ITaskLauncher
{
    private readonly ConcurrentDictionary<string, LaunchRequest> _jobs = new();

    /// <summary>Gets the jobs that were submitted.</summary>
    public ConcurrentQueue<LaunchRequest> Submitted { get; } = new();

    /// <summary>Gets the handles that were asked for.</summary>
    public ConcurrentQueue<LaunchHandle> Asked { get; } = new();

    /// <summary>Gets what becomes of a job; <see langword="null"/> lets it run.</summary>
    public Func<LaunchRequest, TaskExit?> Fate { get; init; } = static _ => null;

    /// <summary>Gets a value indicating whether jobs wait for ever.</summary>
    public bool Holds { get; init; }

    /// <summary>Takes jobs that another scheduler has submitted.</summary>
    public void Take(IEnumerable<LaunchRequest> jobs)
    {
        foreach (var job in jobs)
        {
            _jobs[NameOf(job)] = job;
        }
    }

    public ValueTask<ILaunchedTask> LaunchAsync(LaunchRequest request, ITaskObserver observer, CancellationToken cancellationToken)
    {
        Submitted.Enqueue(request);
        return new(Follow(request, observer));
    }

    public ValueTask<ILaunchedTask?> AttachAsync(AttachRequest request, ITaskObserver observer, CancellationToken cancellationToken)
    {
        Asked.Enqueue(request.Handle);
        return new(_jobs.TryGetValue(request.Handle.Id, out var job) ? Follow(job, observer) : null);
    }

    private static string NameOf(LaunchRequest request) => $"{request.Task.Step}-{request.Task.TaskId}-{request.Attempt}";

    private Job Follow(LaunchRequest request, ITaskObserver observer)
    {
        var job = new Job(new LaunchHandle("cluster", NameOf(request)), observer);
        if (!Holds)
        {
            _ = Task.Run(async () => job.End(Fate(request) ?? await RunAsync(request)));
        }

        return job;
    }

    private async Task<TaskExit> RunAsync(LaunchRequest request)
    {
        var runner = new TaskRunner(
            makeFlow(), TaskCommandLine.FromArguments(request.Arguments), stores, TimeProvider.System, TextWriter.Null)
        {
            StopRequested = CancellationToken.None,
        };
        return new TaskExit(await runner.RunAsync(), WasKilled: false);
    }

    private sealed class Job(LaunchHandle handle, ITaskObserver observer) : ILaunchedTask
    {
        private int _hasEnded;

        public LaunchHandle Handle => handle;

        public ValueTask RequestStopAsync()
        {
            End(new TaskExit(ExitCodes.Terminated, WasKilled: false));
            return default;
        }

        public ValueTask KillAsync()
        {
            End(new TaskExit(-9, WasKilled: true));
            return default;
        }

        public void AddLogLine(string text, bool isError)
        {
        }

        public void Dispose()
        {
        }

        public void End(TaskExit exit)
        {
            if (Interlocked.Exchange(ref _hasEnded, 1) == 0)
            {
                observer.OnExit(exit);
            }
        }
    }

    public void Dispose()
    {
    }
}
