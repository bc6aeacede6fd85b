using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Metaflow.Errors;
using Metaflow.Launching;
using Metaflow.Running;
using Metaflow.Secrets;
using Metaflow.Settings;
using Metaflow.Tasks;

namespace Metaflow.InProcess;

/// <summary>An attempt that runs on a thread of this process.</summary>
internal sealed class InProcessTask(LaunchRequest request, InProcessConsole outputs, ITaskObserver observer, TimeProvider time)
    : ILaunchedTask
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abandoned = new();
    private FlowSpec? _flow;
    private ProcessLimits? _limits;
    private SharedVariables.Seat? _variables;
    private int _hasEnded;

    // It ends with this process, and must never be ended by ending the process.
    /// <inheritdoc/>
    public LaunchHandle Handle { get; } = LaunchHandle.OfProcess(Environment.ProcessId, null);

    /// <summary>Gets the token that asks the step to stop.</summary>
    public CancellationToken StopRequested => _stop.Token;

    /// <summary>Gets the token that is cancelled when nobody waits for the attempt any more.</summary>
    public CancellationToken Abandoned => _abandoned.Token;

    /// <summary>Sets an environment variable for as long as the tasks that share it run.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value; <see langword="null"/> removes it.</param>
    public void SetVariable(string name, string? value) => _variables!.Set(name, value);

    /// <summary>Hides secrets in what all tasks write that share the variables.</summary>
    /// <param name="values">The secrets.</param>
    public void HideSecrets(IEnumerable<string> values) => _variables!.Secrets.Add(values);

    /// <summary>Starts the attempt.</summary>
    /// <param name="makeFlow">Makes the flow object.</param>
    /// <param name="makeRunner">Makes what runs it, with the task's error stream.</param>
    public void Start(Func<FlowSpec> makeFlow, Func<FlowSpec, TextWriter, TaskRunner> makeRunner)
    {
        // A thread of its own: a step that computes or blocks must not take one from the pool.
        new Thread(() => Run(makeFlow, makeRunner).GetAwaiter().GetResult()) { IsBackground = true, Name = "metaflow task" }.Start();
    }

    /// <inheritdoc/>
    public ValueTask RequestStopAsync()
    {
        AskToStop();
        if (_flow is not { ObservesCancellation: true })
        {
            // A process would have ended at once.
            Abandon(new TaskExit(ExitCodes.Terminated, WasKilled: false));
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask KillAsync()
    {
        Kill();
        return default;
    }

    private void Kill()
    {
        AskToStop();
        Abandon(new TaskExit(ExitCodes.Terminated, WasKilled: true));
    }

    // Not on the caller's thread, which is the scheduler's: what the step registered with its token may take long.
    private void AskToStop() => _ = _stop.CancelAsync();

    /// <inheritdoc/>
    public void AddLogLine(string text, bool isError) => outputs.AddLogLine(text, isError);

    /// <inheritdoc/>
    public void Dispose()
    {
        _limits?.Dispose();
        outputs.Dispose();
    }

    [SuppressMessage("Design", "CA1031", Justification = "The top of a task: whatever went wrong is reported, never lost.")]
    private async Task Run(Func<FlowSpec> makeFlow, Func<FlowSpec, TextWriter, TaskRunner> makeRunner)
    {
        TaskConsole.OfProcess.Enter(outputs.Writers);
        int code;
        try
        {
            code = await RunAsync(makeFlow, makeRunner).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            code = TaskFaults.Report(fault, outputs.Writers.Error);
        }

        End(new TaskExit(code, WasKilled: false));
    }

    private async Task<int> RunAsync(Func<FlowSpec> makeFlow, Func<FlowSpec, TextWriter, TaskRunner> makeRunner)
    {
        Prepare();
        _flow = makeFlow();
        try
        {
            return await makeRunner(_flow, outputs.Writers.Error).RunAsync().ConfigureAwait(false);
        }
        finally
        {
            if (_flow.Services is { } services)
            {
                await services.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private void Prepare()
    {
        // Waits on this thread, which is the task's own, so that the step runs on it too.
        _variables = SharedVariables.OfProcess.EnterAsync(request, _abandoned.Token).GetAwaiter().GetResult();
        SharedVariables.OfProcess.Hold(_variables);
        SettingReader.EnterTask(request.Environment);

        // Those of a task that started this one's run, and those that tasks of the same step set before this one announces them.
        outputs.Secrets.Include(KnownSecrets.OfTask);
        outputs.Secrets.Include(_variables.Secrets);
        KnownSecrets.OfTask = outputs.Secrets;

        // Tasks of one process have no memory of their own. Under a debugger time passes while the author reads.
        _limits = request.Deadline is null || Debugger.IsAttached
            ? null
            : new ProcessLimits(request with { MemoryLimitMB = null }, Environment.ProcessId, time, Kill);
    }

    private void Abandon(TaskExit exit)
    {
        _abandoned.Cancel();

        // Not on the caller's thread, which is the scheduler's: it takes the output that is waited for here.
        _ = Task.Run(() => End(exit));
    }

    private void End(TaskExit exit)
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) == 0)
        {
            // Also of a task that is left behind: others must not wait for it.
            _variables?.Dispose();
            _limits?.Dispose();

            // A limit that comes as the task ends takes nothing from its success.
            var limits = exit.ExitCode == ExitCodes.Success ? null : _limits;
            observer.OnExit(exit with { LogError = outputs.Finish(), Ended = limits?.Exceeded, Kind = limits?.Kind ?? FailureKinds.None });
        }
    }
}
