using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Metaflow.Client;
using Metaflow.Decorators;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Running;

namespace Metaflow.Scheduling;

/// <summary>Calls the hooks of the run phase: the flow's decorators in the order of the source, then those of steps, each once.</summary>
internal sealed class RunHooks
{
    private readonly RunContext _context;
    private readonly RunRecord _run;
    private readonly List<object> _hooks;

    /// <summary>Collects the hooks.</summary>
    /// <param name="context">What the run works with.</param>
    /// <param name="run">The run.</param>
    public RunHooks(RunContext context, RunRecord run)
    {
        _context = context;
        _run = run;
        _hooks =
        [
            .. context.AllDecorators.Select(static decorator => decorator.CreateHook())
                .Where(static hook => hook is IRunStartingHook or IRunEndedHook),
        ];
    }

    /// <summary>Tells that the run starts.</summary>
    /// <returns>A task that ends when all were told.</returns>
    public Task TellStartingAsync()
    {
        foreach (var step in _context.Definition.Graph.Steps.Where(step => !_context.DemandOf(step.Name).FitsIn(_context.Capacity)))
        {
            Say(string.Create(
                CultureInfo.InvariantCulture,
                $"Step {step.Name} asks for more than this machine has ({_context.Capacity.Cpu} processors, {_context.Capacity.MemoryMB} "
                    + $"MB): its tasks run one at a time."));
        }

        return TellAsync<IRunStartingHook>((hook, context) => hook.OnRunStartingAsync(context), null);
    }

    /// <summary>Tells that the run ended.</summary>
    /// <param name="outcome">How.</param>
    /// <returns>A task that ends when all were told.</returns>
    public Task TellEndedAsync(RunOutcome outcome) => TellAsync<IRunEndedHook>((hook, context) => hook.OnRunEndedAsync(context), outcome);

    [SuppressMessage("Design", "CA1031", Justification = "What a notified hook raises never harms a run: it is reported.")]
    private async Task TellAsync<T>(Func<T, RunHookContext, ValueTask> tell, RunOutcome? outcome)
        where T : class
    {
        foreach (var hook in _hooks.OfType<T>())
        {
            try
            {
                await tell(hook, Context(outcome)).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                Say($"The hook '{hook.GetType().Name}' failed: {exception.GetType().FullName}: {ExceptionText.MessageOf(exception)} "
                    + $"[{ErrorCodes.HookFailed}]");
            }
        }
    }

    private RunHookContext Context(RunOutcome? outcome) => new(Say, Open)
    {
        Flow = _context.Flow,
        FlowName = _run.Flow,
        RunId = _run.RunId,
        UserName = _run.UserName,
        Tags = _run.Tags,
        Succeeded = outcome?.Succeeded,
        Error = outcome?.Error?.Message,
    };

    private RunHandle Open() => new MetaflowClient(_context.Metadata, _context.Datastore.Blobs).Run($"{_run.Flow}/{_run.RunId}");

    private void Say(string message) => _context.Observer.OnEvent(new RunEvent.Message(_context.Time.GetUtcNow(), message));
}
