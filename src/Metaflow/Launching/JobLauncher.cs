using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Logs;
using Metaflow.Naming;
using Metaflow.Running;

namespace Metaflow.Launching;

/// <summary>The base of launchers that submit jobs to another system, such as the queue of a cluster: a derived class submits, asks for
/// states of many jobs at once, and ends jobs.</summary>
/// <remarks>A job runs the flow's program, which watches its task: it keeps the task's output and end in the store, hides secrets, and
/// enforces limits. So a job and its scheduler share nothing but the store. The scheduler shows the output as it appears there, and takes
/// the end from there too; what the other system knows of a job matters where the job could not tell its end itself.</remarks>
public abstract class JobLauncher : ITaskLauncher
{
    /// <summary>How long the other system may fail to answer before the tasks' watchers are told.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Job> _jobs = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _over = new();
    private readonly LauncherOptions _options;
    private readonly string _name;
    private Task? _polling;
    private Task _noting = Task.CompletedTask;

    /// <summary>Initializes a launcher.</summary>
    /// <param name="name">The name by which its plug-in has added it.</param>
    /// <param name="options">What it launches with.</param>
    protected JobLauncher(string name, LauncherOptions options)
    {
        _name = name;
        _options = options;
    }

    /// <summary>Gets how often states are asked for. The default is every second.</summary>
    protected virtual TimeSpan PollInterval => TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public virtual TimeSpan RetryWait => TimeSpan.FromMinutes(2);

    /// <summary>Gets the clock.</summary>
    protected TimeProvider Time => _options.Settings.Time;

    /// <inheritdoc/>
    public async ValueTask<ILaunchedTask> LaunchAsync(LaunchRequest request, ITaskObserver observer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var id = await SubmitAsync(request, cancellationToken).ConfigureAwait(false);
        return Follow(new Job(this, id, request.Task, request.Attempt, observer));
    }

    /// <inheritdoc/>
    public async ValueTask<ILaunchedTask?> AttachAsync(AttachRequest request, ITaskObserver observer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var job = new Job(this, request.Handle.Id, request.Task, request.Attempt, observer);
        var state = (await PollAsync([job.Id], cancellationToken).ConfigureAwait(false))[0];
        if (state.Status == JobStatus.Gone && await job.ReadExitAsync().ConfigureAwait(false) is null)
        {
            return null;
        }

        await job.PassOutputAsync().ConfigureAwait(false);
        return Follow(job);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Submits a job.</summary>
    /// <param name="job">What it runs.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <returns>The job's id, of one line.</returns>
    /// <exception cref="MetaflowException">It could not be submitted.</exception>
    protected abstract ValueTask<string> SubmitAsync(JobRequest job, CancellationToken cancellationToken);

    /// <summary>Asks for the states of jobs, with as few calls as the other system allows.</summary>
    /// <param name="ids">The jobs' ids.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <returns>Their states, in the same order.</returns>
    /// <exception cref="MetaflowException">The other system does not answer: it is asked again at the next interval.</exception>
    protected abstract ValueTask<IReadOnlyList<JobState>> PollAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken);

    /// <summary>Ends a job.</summary>
    /// <param name="id">The job's id.</param>
    /// <param name="atOnce">Whether it ends at once; otherwise its task is asked to stop, by SIGTERM, and has the grace of the
    /// scheduler.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <returns>A task that ends when the other system has taken the order. Nothing happens to a job that has ended.</returns>
    protected abstract ValueTask EndAsync(string id, bool atOnce, CancellationToken cancellationToken);

    /// <summary>Ends the polling.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> was called.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _over.Cancel();
            _polling?.GetAwaiter().GetResult();
            _noting.GetAwaiter().GetResult();
            _over.Dispose();
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "What a plug-in throws fails the attempt, with a word on whose fault it is.")]
    private async Task<string> SubmitAsync(LaunchRequest request, CancellationToken cancellationToken)
    {
        var job = new JobRequest(request, [.. request.Program.Arguments, .. WatchedTaskLine.Of(request).ToArguments()]);
        try
        {
            return await SubmitAsync(job, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not (MetaflowException or OperationCanceledException))
        {
            throw LaunchFailures.IsExpected(error) ? LaunchFailures.Of(error, request) : new LaunchException(
                ErrorCodes.PluginFault,
                $"The launcher '{_name}' failed unexpectedly with task '{request.Task.WithoutFlow}': "
                    + $"{error.GetType().FullName}: {error.Message.TrimEnd('.')}.",
                $"It is a launcher of a plug-in, '{GetType().FullName}' of '{GetType().Assembly.GetName().Name}'.",
                "Report it to the plug-in's author with this message.",
                error)
            { Pathspec = request.Task.ToString() };
        }
    }

    private Job Follow(Job job)
    {
        _jobs[job.Id] = job;
        _polling ??= Task.Run(PollAllAsync);
        return job;
    }

    [SuppressMessage(
        "Design", "CA1031",
        Justification = "What another system answers, or a plug-in throws, must not end the polling of all other jobs.")]
    private async Task PollAllAsync()
    {
        long? failingSince = null;
        while (!_over.IsCancellationRequested)
        {
            List<Job> jobs = [.. _jobs.Values];
            try
            {
                await Task.Delay(PollInterval, Time, _over.Token).ConfigureAwait(false);
                if (jobs.Count > 0)
                {
                    var states = await PollAsync([.. jobs.Select(static job => job.Id)], _over.Token).ConfigureAwait(false);
                    await Task.WhenAll(jobs.Select((job, index) => job.LookAsync(states[index]))).ConfigureAwait(false);
                }

                failingSince = null;
            }
            catch (Exception error) when (!_over.IsCancellationRequested)
            {
                // Asked again at the next interval. Somebody who waits for the run must learn why nothing happens.
                failingSince ??= Time.GetTimestamp();
                if (Time.GetElapsedTime(failingSince.Value) > Patience)
                {
                    failingSince = null;
                    jobs.ForEach(
                        job => job.Tell($"Its launcher has not learned for {Patience.TotalSeconds} seconds how it is: {error.Message}"));
                }
            }
            catch (OperationCanceledException)
            {
                // The run is over.
            }
        }
    }

    /// <summary>Stores a log beside the scheduler's thread, one after the other. What the line says is shown by the scheduler too: a line
    /// that cannot be stored ends no run.</summary>
    private async Task NoteAsync(Task before, Storage.BlobWrite log)
    {
        await before.ConfigureAwait(false);
        try
        {
            await _options.Stores.Blobs.SaveAsync([log], overwrite: true, default).ConfigureAwait(false);
        }
        catch (StorageException)
        {
        }
    }

    /// <summary>A job that is followed.</summary>
    private sealed class Job(JobLauncher launcher, string id, TaskPath task, int attempt, ITaskObserver observer) : ILaunchedTask
    {
        private readonly FlowDatastore _datastore = new(launcher._options.Stores.Blobs, task.Flow, launcher.Time);
        private readonly TaskLogCursor[] _logs = Array.ConvertAll(
            [LogKind.Stdout, LogKind.Stderr],
            stream => new TaskLogReader(launcher._options.Stores.Blobs).Follow(task, attempt, stream, LogFiles.Task));

        private readonly List<byte>[] _notes = [[], []];
        private bool _wasKilled;

        public string Id => id;

        public LaunchHandle Handle { get; } = new(launcher._name, id);

        public ValueTask RequestStopAsync() => launcher.EndAsync(id, atOnce: false, default);

        public ValueTask KillAsync()
        {
            _wasKilled = true;
            return launcher.EndAsync(id, atOnce: true, default);
        }

        public void AddLogLine(string text, bool isError)
        {
            // A log of its own: that of the job is written by the job.
            var lines = _notes[isError ? 1 : 0];
            lines.AddRange(MflogLine.Format(new LogLine(launcher.Time.GetUtcNow(), LogFiles.Runtime, text)));
            byte[] content = [.. lines];
            var path = LogFiles.PathOf(task, attempt, LogFiles.Runtime, isError ? LogKind.Stderr : LogKind.Stdout);
            launcher._noting = launcher.NoteAsync(launcher._noting, new Storage.BlobWrite(path, content));
        }

        public void Tell(string text) => observer.OnOutput(launcher.Time.GetUtcNow(), text, isError: true);

        public void Dispose()
        {
        }

        /// <summary>Passes over what was written before.</summary>
        public async Task PassOutputAsync()
        {
            foreach (var log in _logs)
            {
                await log.ReadAsync(isOver: false, default).ConfigureAwait(false);
            }
        }

        public async Task<TaskExit?> ReadExitAsync()
            => await _datastore.ReadNoteAsync(task, attempt, WatchedTaskLine.ExitNote, default).ConfigureAwait(false) is { } note
                ? StoredExit.FromJson(note)
                : null;

        public async Task LookAsync(JobState state)
        {
            var exit = state.Status is JobStatus.Ended or JobStatus.Gone
                ? await ReadExitAsync().ConfigureAwait(false) ?? EndOf(state)
                : null;
            await TellOutputAsync(isOver: exit is not null).ConfigureAwait(false);
            if (exit is not null && launcher._jobs.TryRemove(id, out _))
            {
                observer.OnExit(_wasKilled ? exit with { WasKilled = true } : exit);
            }
        }

        /// <summary>The end of a job that could not tell it itself.</summary>
        private TaskExit EndOf(JobState state)
        {
            var kind = state.Kind == FailureKinds.None ? FailureKinds.NodeLost : state.Kind;
            return new TaskExit(state.ExitCode is { } code and not 0 ? code : ExitCodes.Failure, _wasKilled)
            {
                Kind = kind,
                Ended = _wasKilled ? null : new LaunchException(
                    ErrorCodes.JobEndedSilently,
                    $"The job '{Handle}' of task '{task.WithoutFlow}' ended without a result.",
                    state.Reason ?? "Its machine is gone, or somebody killed the job.",
                    "Look at what the other system says about the job. A step with [Retry] is tried again."),
            };
        }

        // A line that is still being written is told when it is whole.
        private async Task TellOutputAsync(bool isOver)
        {
            foreach (var log in _logs)
            {
                foreach (var line in await log.ReadAsync(isOver, default).ConfigureAwait(false))
                {
                    observer.OnOutput(line.At ?? launcher.Time.GetUtcNow(), line.Text, log.Stream == LogKind.Stderr);
                }
            }
        }
    }
}
