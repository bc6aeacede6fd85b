using System.Diagnostics;
using Metaflow.Artifacts;
using Metaflow.Configs;
using Metaflow.Decorators;
using Metaflow.Errors;
using Metaflow.Joins;
using Metaflow.Launching;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Secrets;
using Metaflow.StepEnvironments;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Tasks;

/// <summary>Runs one attempt of one task from its inputs to its commit.</summary>
internal sealed class TaskRunner
{
    private readonly FlowSpec _flow;
    private readonly TaskCommandLine _line;
    private readonly TimeProvider _time;
    private readonly TextWriter _errors;
    private readonly TaskPath _task;
    private readonly FlowDatastore _datastore;
    private readonly TaskRecords _records;
    private readonly RunStores _runStores;
    private readonly StepDecorators _decorators;
    private readonly TaskHooks? _hooks;
    private readonly IReadOnlyList<string> _inheritedSecrets = SecretVariables.Values();
    private IReadOnlyList<ArtifactCell> _cells = [];
    private TaskInvocation? _invocation;

    /// <summary>Initializes a runner.</summary>
    /// <param name="flow">A new object of the flow.</param>
    /// <param name="line">What the task was told.</param>
    /// <param name="stores">Where inputs are read and results written.</param>
    /// <param name="time">The clock.</param>
    /// <param name="errors">Receives messages of failures.</param>
    public TaskRunner(FlowSpec flow, TaskCommandLine line, RunStores stores, TimeProvider time, TextWriter errors)
    {
        _flow = flow;
        _line = line;
        _time = time;
        _errors = errors;
        _runStores = stores;
        _task = new TaskPath(flow.FlowName, line.RunId, line.Step, line.TaskId);
        _datastore = new FlowDatastore(stores.Blobs, flow.FlowName, time);
        _records = new TaskRecords(stores.Metadata, stores.Blobs, _task, line.Attempt, time)
        {
            GangSize = line.NumParallel,
            Environment = EnvironmentOfProcess.Id,
        };
        if (line.ConfigTexts.Count > 0)
        {
            flow.ConfigTexts = ConfigTexts.Of(line.ConfigTexts);
        }

        _decorators = new StepDecorators(flow, line.Step, line.With, line.OnlyDecorators);
        _hooks = _decorators.All.Count == 0 ? null : TaskHooks.Of(
            _decorators, () => new StepHookContext(_flow, _line.Step, () => _cells) { IsLastAttempt = IsLastUserAttempt }, errors);
    }

    /// <summary>Gets the token that asks the task to stop where it shares its process with others; <see langword="null"/> where signals of
    /// its own process do.</summary>
    public CancellationToken? StopRequested { get; init; }

    /// <summary>Gets what sets an environment variable where others share the process, and sets it back when all are over;
    /// <see langword="null"/> in a process of its own.</summary>
    public Action<string, string?>? SetShared { get; init; }

    /// <summary>Gets what hides secrets in what the task writes, and returns when they are hidden.</summary>
    public Action<IReadOnlyCollection<string>>? HideSecrets { get; init; }

    /// <summary>Gets what takes reports of progress: the part that is done, if it is known, and a text to show. <see langword="null"/>
    /// where nobody does.</summary>
    public Action<double?, string?>? ReportProgress { get; init; }

    /// <summary>Gets a value indicating whether all that the step stores is read back and compared, as tests want.</summary>
    public bool ReadsBack { get; init; }

    /// <summary>Gets the token that is cancelled when nobody waits for the attempt any more: its results are then not stored.</summary>
    public CancellationToken Abandoned { get; init; }

    /// <summary>Gets a value indicating whether the step's time was over: what it started is then to be ended, also when the failure was
    /// caught.</summary>
    public bool HasTimedOut { get; private set; }

    private bool IsFallback => _line.Attempt > _line.MaxUserCodeRetries;

    private bool IsLastUserAttempt => _line.Attempt >= _line.MaxUserCodeRetries;

    /// <summary>Runs the attempt.</summary>
    /// <returns>The exit code of the process.</returns>
    /// <exception cref="MetaflowException">The inputs could not be read or the results not be written.</exception>
    public async Task<int> RunAsync()
    {
        var writer = _datastore.OpenWriter(_task, _line.Attempt);
        var inputs = await TaskInputs.OpenAsync(_datastore, _task, _line).ConfigureAwait(false);
        if (!_line.Expected.IsNone)
        {
            inputs.Prefetch(_datastore, _line.Expected);
        }

        var frames = TaskFrames.Derive(_line, inputs.First);

        // The beginning is recorded while the author's code already runs; it is awaited before the commit.
        var beginning = Task.Run(() => BeginAsync(writer, frames));
        var cells = _cells = FlowCells.Attach(_flow, new InheritedSource(inputs));
        _flow.Join = inputs.Join;
        var outcome = await RunStepAsync(inputs, frames, cells).ConfigureAwait(false);
        await beginning.ConfigureAwait(false);
        Abandoned.ThrowIfCancellationRequested();
        return await CommitAsync(writer, new TaskState(inputs, frames, cells), outcome).ConfigureAwait(false);
    }

    private async Task BeginAsync(TaskDatastoreWriter writer, IReadOnlyList<ForeachFrame> frames)
    {
        await writer.BeginAttemptAsync(default).ConfigureAwait(false);
        await _records.BeginAsync(frames, _line.OriginRunId).ConfigureAwait(false);
    }

    private async Task<UserCodeOutcome> RunStepAsync(
        TaskInputs inputs, IReadOnlyList<ForeachFrame> frames, IReadOnlyList<ArtifactCell> cells)
    {
        if (IsFallback)
        {
            return new UserCodeOutcome(null, new StepFailure(
                "Metaflow.FailureHandledByCatch",
                $"Task execution kept failing over {_line.MaxUserCodeRetries + 1} attempts without an exception of the step's code; "
                    + $"something else ended the process. ({ErrorCodes.TaskProcessDied})"));
        }

        using var expired = new CancellationTokenSource();
        using var stop = StopRequested is { } requested
            ? new StopSignal(requested)
            : new StopSignal(() => _flow.ObservesCancellation, _errors);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, expired.Token);
        using var folder = new TaskFolder(_task);
        var progress = new TaskProgress(ReportProgress is null ? null : SendProgress, _time);
        _flow.Current = TaskCurrent.Make(_line, _task, await _records.RunAsync().ConfigureAwait(false), frames) with
        {
            OriginRunId = _line.OriginRunId,
            CancellationToken = either.Token,
            LazyTempFolder = folder.Path,
            Progress = progress,
            Flow = _flow,
            Decorators = _decorators,
            FlowOptions = _line.FlowOptions,
            Datastore = _line.Datastore,
            Origin = _line.Origin,
            Stores = _runStores,
            SharesProcess = StopRequested is not null,
            RecordChildRun = _records.ChildRunAsync,
        };
        if (_hooks is not null)
        {
            _hooks.Context.SetShared = SetShared;
            _hooks.Context.AnnounceSecrets = HideSecrets;
        }

        _invocation = new TaskInvocation(_datastore, inputs, _line);
        ValueTask<Transition?> Step() => _flow.InvokeStepAsync(_line.Step, _invocation);
        ValueTask<ForeachItems?> Collect(Transition transition)
            => ForeachItems.CollectAsync(transition, _flow, cells, Mask() is { } mask ? mask.Apply : null, ReadsBack);
        Task<UserCodeOutcome> Run() => UserCode.RunAsync(_hooks is null ? Step : () => _hooks.RunAsync(Step), Collect, stop.Token);

        // Under a debugger time passes while the author reads.
        var outcome = _decorators.Find<TimeoutAttribute>() is { } timeout && !Debugger.IsAttached
            ? await UserCode.RunWithinAsync(Run, _line.Step, timeout.Limit, expired, WriteStacksAsync).ConfigureAwait(false)
            : await Run().ConfigureAwait(false);
        progress.End();
        HasTimedOut = outcome.TimedOut;
        var wasLeftBehind = outcome.WasLeftBehind;
        outcome = Masked(outcome);
        var final = _hooks is not null && outcome.Failure is { } failure && await _hooks.HandleAsync(failure).ConfigureAwait(false)
            ? await UserCode.RunAsync(() => new(_hooks.Context.UsualTransition()), Collect, stop.Token).ConfigureAwait(false)
            : outcome;
        return Masked(final) with { WasLeftBehind = wasLeftBehind };
    }

    // Of a process that tasks share, the program may be any: it must not be started again.
    private Task WriteStacksAsync() => StopRequested is null ? OwnStacks.WriteAsync(_errors) : Task.CompletedTask;

    // Secrets are hidden before the text is cut: a part of one would not be found.
    private void SendProgress(double? fraction, string? text)
        => ReportProgress!(fraction, ProgressMessage.Shown(text is not null && Mask() is { } mask ? mask.Apply(text) : text));

    /// <summary>Returns what hides the step's secrets, and those of a step that started this run, in all that is kept;
    /// <see langword="null"/> without any.</summary>
    private SecretMask? Mask()
        => _inheritedSecrets.Count + (_hooks?.Context.Secrets.Count ?? 0) > 0
            ? new SecretMask([.. _inheritedSecrets, .. _hooks?.Context.Secrets ?? []])
            : null;

    private UserCodeOutcome Masked(UserCodeOutcome outcome)
        => outcome.Failure is { } failure && Mask() is { } mask ? outcome with { Failure = mask.Apply(failure) } : outcome;

    private async Task<int> CommitAsync(TaskDatastoreWriter writer, TaskState state, UserCodeOutcome outcome)
    {
        var report = new FailureReport(_errors, _task, state.Frames) { Mask = Mask() };
        var forbidsRetry = ForbidsRetry(outcome);
        var isCaught = outcome.Failure is not null && Tell(report, outcome, forbidsRetry);

        var persistence = new ArtifactPersistence(writer, state.Cells, state.Inputs)
        {
            StillChanges = outcome.WasLeftBehind,
            ReadsBack = ReadsBack,
        };
        await SaveAsync(persistence, state, outcome, isCaught).ConfigureAwait(false);
        if (persistence.Refused is { } refused && outcome.Failure is null)
        {
            outcome = Masked(new UserCodeOutcome(null, new StepFailure(refused.GetType().FullName!, refused.Message))
            {
                Error = refused,
                Raised = refused.GetBaseException(),
            });
            forbidsRetry = ForbidsRetry(outcome);
            isCaught = Tell(report, outcome, forbidsRetry);
            await SaveAsync(persistence, state, outcome, isCaught).ConfigureAwait(false);
        }

        var isOk = outcome.Failure is null || isCaught;
        var lineage = LineageOf(
            state, persistence) with
        {
            Result = isOk ? new TaskInternals(_line, state.Frames).ResultOf(outcome) : null,
        };
        await writer.SaveNoteAsync(TaskLineage.Note, lineage.ToJson(), default).ConfigureAwait(false);
        await writer.CommitAsync(default).ConfigureAwait(false);
        await _records.EndAsync(isOk, lineage, writer.Records.Values, AddedMetadata()).ConfigureAwait(false);
        if (_hooks is not null)
        {
            await _hooks.TellFinalAsync(isOk).ConfigureAwait(false);
        }

        return isOk ? ExitCodes.Success : forbidsRetry ? ExitCodes.FailedDoNotRetry : ExitCodes.Failure;
    }

    private bool ForbidsRetry(UserCodeOutcome outcome)
        => outcome.Raised is { } raised
            ? TaskFaults.IsFinal(outcome.Error) || Retry?.Allows(raised) == false
            : outcome.TimedOut && Retry?.Allows(FailureKinds.TimedOut) == false;

    private RetryAttribute? Retry => _decorators.Find<RetryAttribute>();

    /// <summary>Prints a failure, and says whether <c>[Catch]</c> handles it.</summary>
    private bool Tell(FailureReport report, UserCodeOutcome outcome, bool forbidsRetry)
    {
        var handler = IsLastUserAttempt || forbidsRetry ? _decorators.Find<CatchAttribute>() : null;
        report.Print(outcome.Failure!, outcome.Error, handler);
        return handler is not null;
    }

    private IReadOnlyList<KeyValuePair<string, string>> AddedMetadata()
    {
        IReadOnlyList<KeyValuePair<string, string>> added = _hooks?.Context.Metadata ?? [];
        if (TriggerRecord.Of(_line, _runStores) is { } trigger)
        {
            added = [.. added, new(InternalFields.Triggers, trigger)];
        }

        return added.Count > 0 && Mask() is { } mask
            ? [.. added.Select(datum => KeyValuePair.Create(datum.Key, mask.Apply(datum.Value)))]
            : added;
    }

    private TaskLineage LineageOf(TaskState state, ArtifactPersistence persistence)
    {
        var lineage = TaskLineage.Of(state.Inputs, state.Cells, persistence.Written);
        if (IsFallback)
        {
            return lineage;
        }

        var current = _flow.Current;
        return lineage with
        {
            Item = _invocation?.ItemKey(),
            Answers = current.Reads.Answers(current),
            Observed = current.Reads.Unrepeatable,
            IsWhole = true,
        };
    }

    private async Task SaveAsync(ArtifactPersistence persistence, TaskState state, UserCodeOutcome outcome, bool isCaught)
    {
        var internals = new TaskInternals(_line, state.Frames);
        var artifacts = internals.Of(outcome, isCaught);
        if (_decorators.Find<CatchAttribute>()?.Var is { } variable && (isCaught || outcome.Failure is null))
        {
            ArtifactNames.Find(state.Cells, variable)?.Put(outcome.Failure);
        }

        await persistence.SaveAsync(
            _hooks is null ? artifacts : [.. artifacts, .. _hooks.Context.Artifacts], default).ConfigureAwait(false);
    }

    /// <summary>What a running task carries from its start to its commit.</summary>
    private sealed record TaskState(TaskInputs Inputs, IReadOnlyList<ForeachFrame> Frames, IReadOnlyList<ArtifactCell> Cells);

    /// <summary>The inherited artifacts as the step reads them.</summary>
    private sealed class InheritedSource(TaskInputs inputs) : IArtifactSource
    {
        private readonly HashSet<string> _names = [.. inputs.Inherited.Select(static record => record.Name)];

        public bool Contains(string name) => _names.Contains(name);

        public T Load<T>(string name) => inputs.Origin.Load<T>(name);
    }
}
