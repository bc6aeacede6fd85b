namespace Metaflow.Decorators;

/// <summary>The base of all hooks of the task phase, which act in the process of a task. Implement the interfaces derived from
/// it.</summary>
/// <remarks>Order: hooks before the step and around it run in the order of the source, the first outermost; hooks after it in the reverse
/// order. The hooks of <c>[Timeout]</c> and <c>[Secrets]</c> are outside all others. Attempts that only handle the failure of a task
/// that died call no hook but <see cref="ITaskFinalHook"/>.</remarks>
public interface ITaskHook;

/// <summary>Acts before the step.</summary>
public interface IBeforeStepHook : ITaskHook
{
    /// <summary>Acts before the step; may skip it (<see cref="StepHookContext.Skip"/>).</summary>
    /// <param name="context">The task.</param>
    /// <returns>A task that ends when the next hook, or the step, may begin. An exception is a failure of the step.</returns>
    ValueTask BeforeStepAsync(StepHookContext context);
}

/// <summary>Acts around the step: runs it, not at all, or several times.</summary>
public interface IAroundStepHook : ITaskHook
{
    /// <summary>Runs the step.</summary>
    /// <param name="context">The task.</param>
    /// <param name="step">Runs the step, with the hooks inside this one. Exceptions of the step pass through.</param>
    /// <returns>Where the flow goes: what <paramref name="step"/> returned, or <see cref="StepHookContext.UsualTransition"/>. An
    /// exception is a failure of the step.</returns>
    ValueTask<Transition?> AroundStepAsync(StepHookContext context, Func<ValueTask<Transition?>> step);
}

/// <summary>Acts after the step succeeded, before its artifacts are stored.</summary>
public interface IAfterStepHook : ITaskHook
{
    /// <summary>Acts after the step succeeded or was skipped; may set artifacts.</summary>
    /// <param name="context">The task.</param>
    /// <returns>A task that ends when the hook is done. An exception is a failure of the step.</returns>
    ValueTask AfterStepAsync(StepHookContext context);
}

/// <summary>Acts after the step failed, before its artifacts are stored. It comes before <c>[Catch]</c>, and on every attempt.</summary>
public interface IStepFailureHook : ITaskHook
{
    /// <summary>Acts after the step failed.</summary>
    /// <param name="context">The task.</param>
    /// <param name="failure">The failure.</param>
    /// <returns>Whether the failure is handled: the task then counts as successful and its usual transition is taken. An exception is
    /// printed, and the failure stays.</returns>
    ValueTask<bool> OnStepFailureAsync(StepHookContext context, StepFailure failure);
}

/// <summary>Acts when a task's results are final.</summary>
public interface ITaskFinalHook : ITaskHook
{
    /// <summary>Called when the attempt has ended. Artifacts and metadata are stored and can no longer be changed.</summary>
    /// <param name="context">The task.</param>
    /// <param name="succeeded">Whether it counts as successful: the step succeeded, or its failure was caught.</param>
    /// <returns>A task that ends when the hook is done. An exception is printed and changes nothing.</returns>
    ValueTask OnTaskFinalAsync(StepHookContext context, bool succeeded);
}
