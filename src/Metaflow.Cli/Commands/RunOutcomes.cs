using Metaflow.Cli.Views;
using Metaflow.Commands;
using Metaflow.Running;

namespace Metaflow.Cli.Commands;

/// <summary>Shows a run from its start to how it ended.</summary>
internal static class RunOutcomes
{
    /// <summary>Runs, and shows what happens.</summary>
    /// <param name="context">The command's context.</param>
    /// <param name="runAsync">Runs, and tells the view.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> ShowAsync(FlowContext context, Func<IRunObserver, Task<RunOutcome>> runAsync)
    {
        RunOutcome outcome;
        var view = RunView.For(context.Streams);
        using (view as IDisposable)
        {
            outcome = await runAsync(view).ConfigureAwait(false);
        }

        if (context.Interruption.Requests > 0 && !outcome.Succeeded)
        {
            await context.Streams.Error.WriteLineAsync("Aborted!").ConfigureAwait(false);
        }
        else if (outcome.Error is { } error)
        {
            ErrorView.WriteError(context.Streams, error);
        }

        return outcome.ExitCode;
    }
}
