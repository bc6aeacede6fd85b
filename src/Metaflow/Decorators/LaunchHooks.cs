using System.Diagnostics.CodeAnalysis;
using Metaflow.Errors;

namespace Metaflow.Decorators;

/// <summary>Calls the hooks of the launch phase.</summary>
internal static class LaunchHooks
{
    /// <summary>Calls the hooks of a step's decorators, in their order.</summary>
    /// <param name="decorators">The decorators in force.</param>
    /// <param name="context">What is about to be started.</param>
    /// <returns>What the hooks made of it.</returns>
    /// <exception cref="LaunchException">A hook forbids the start, or fails (MF6022).</exception>
    [SuppressMessage(
        "Design", "CA1031", Justification = "An author's hook may raise anything; the task that it was called for fails with it.")]
    public static LaunchHookContext Call(StepDecorators decorators, LaunchHookContext context)
    {
        foreach (var decorator in decorators.All)
        {
            if (decorator.CreateHook() is not ILaunchHook hook)
            {
                continue;
            }

            try
            {
                hook.BeforeLaunch(context);
            }
            catch (Exception exception)
            {
                throw Refused(
                    context,
                    decorator,
                    $"Its hook failed: {exception.GetType().FullName}: {ExceptionText.MessageOf(exception)}.",
                    exception);
            }

            if (context.VetoReason is { } reason)
            {
                throw Refused(context, decorator, reason, null);
            }
        }

        return context;
    }

    private static LaunchException Refused(LaunchHookContext context, DecoratorAttribute decorator, string why, Exception? cause) => new(
        ErrorCodes.LaunchRefused,
        $"The decorator '{decorator.DecoratorName}' does not let task '{context.Task.WithoutFlow}' start.",
        why,
        "Fix the reason, or remove the decorator.",
        cause)
    {
        Pathspec = context.Task.ToString(),
    };
}
