using System.Diagnostics.CodeAnalysis;
using Metaflow.Errors;

namespace Metaflow.Decorators;

/// <summary>The hooks of one task, called in their order. There is none of a task whose decorators have no hooks.</summary>
internal sealed class TaskHooks
{
    private readonly IReadOnlyList<ITaskHook> _hooks;
    private readonly TextWriter _errors;
    private int _entered;

    private TaskHooks(IReadOnlyList<ITaskHook> hooks, StepHookContext context, TextWriter errors)
    {
        _hooks = hooks;
        Context = context;
        _errors = errors;
    }

    /// <summary>Gets what hooks see and change.</summary>
    public StepHookContext Context { get; }

    /// <summary>Collects the hooks of a step's decorators.</summary>
    /// <param name="decorators">The decorators in force, in their order.</param>
    /// <param name="makeContext">Makes what hooks see.</param>
    /// <param name="errors">Receives the messages of hooks that fail without harm.</param>
    /// <returns>The hooks, or <see langword="null"/> if there is none.</returns>
    public static TaskHooks? Of(StepDecorators decorators, Func<StepHookContext> makeContext, TextWriter errors)
    {
        List<ITaskHook>? hooks = null;
        foreach (var decorator in decorators.All)
        {
            if (decorator.CreateHook() is ITaskHook hook)
            {
                // The framework's own are outermost: an author's hook must find the secrets that the step finds.
                hooks ??= [];
                hooks.Insert(hook is IOutermostHook ? 0 : hooks.Count, hook);
            }
        }

        return hooks is null ? null : new TaskHooks(hooks, makeContext(), errors);
    }

    /// <summary>Runs the step with the hooks before, around and after it.</summary>
    /// <param name="step">Runs the step alone.</param>
    /// <returns>Where the flow goes.</returns>
    public async ValueTask<Transition?> RunAsync(Func<ValueTask<Transition?>> step)
    {
        var transition = await RunInsideAsync(0, step).ConfigureAwait(false);
        for (var i = _entered - 1; i >= 0; i--)
        {
            if (_hooks[i] is IAfterStepHook hook)
            {
                await hook.AfterStepAsync(Context).ConfigureAwait(false);
            }
        }

        return transition;
    }

    /// <summary>Lets hooks handle a failure, the innermost first.</summary>
    /// <param name="failure">The failure.</param>
    /// <returns>Whether one handled it.</returns>
    [SuppressMessage(
        "Design", "CA1031",
        Justification = "An author's hook may raise anything; the failure that it was called for stays the one that counts.")]
    public async Task<bool> HandleAsync(StepFailure failure)
    {
        for (var i = _entered - 1; i >= 0; i--)
        {
            if (_hooks[i] is not IStepFailureHook hook)
            {
                continue;
            }

            try
            {
                if (await hook.OnStepFailureAsync(Context, failure).ConfigureAwait(false))
                {
                    return true;
                }
            }
            catch (Exception exception)
            {
                Report(hook, exception);
            }
        }

        return false;
    }

    /// <summary>Tells hooks that the task is final.</summary>
    /// <param name="succeeded">Whether it counts as successful.</param>
    /// <returns>A task that ends when all were told.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "What a notified hook raises never fails a task: it is reported.")]
    public async Task TellFinalAsync(bool succeeded)
    {
        foreach (var hook in _hooks)
        {
            try
            {
                if (hook is ITaskFinalHook final)
                {
                    await final.OnTaskFinalAsync(Context, succeeded).ConfigureAwait(false);
                }
            }
            catch (Exception exception)
            {
                Report(hook, exception);
            }
        }

        Context.RestoreEnvironment();
    }

    private async ValueTask<Transition?> RunInsideAsync(int index, Func<ValueTask<Transition?>> step)
    {
        if (Context.IsSkipped)
        {
            return Context.UsualTransition();
        }

        if (index == _hooks.Count)
        {
            return await step().ConfigureAwait(false);
        }

        _entered = Math.Max(_entered, index + 1);
        var hook = _hooks[index];
        if (hook is IBeforeStepHook before)
        {
            await before.BeforeStepAsync(Context).ConfigureAwait(false);
        }

        return hook is IAroundStepHook around && !Context.IsSkipped
            ? await around.AroundStepAsync(Context, () => RunInsideAsync(index + 1, step)).ConfigureAwait(false)
            : await RunInsideAsync(index + 1, step).ConfigureAwait(false);
    }

    private void Report(ITaskHook hook, Exception exception)
    {
        _errors.WriteLine(
            $"The hook '{hook.GetType().Name}' failed: {exception.GetType().FullName}: {ExceptionText.MessageOf(exception)} "
                + $"[{Errors.ErrorCodes.HookFailed}]");
        _errors.Flush();
    }
}

/// <summary>A hook of the framework's that is outside all others.</summary>
internal interface IOutermostHook : ITaskHook;
