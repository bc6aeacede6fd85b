namespace Metaflow.Programs;

/// <summary>Says what a task waits for whose work is over and whose process goes on.</summary>
internal static class EndNotice
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Begins to wait for the end of the process. The process does not wait for it.</summary>
    /// <param name="errors">Receives the notice.</param>
    /// <returns>A task that nobody needs to wait for: where the process ends in time, it never ends.</returns>
    public static async Task ExpectAsync(TextWriter errors)
    {
        await Task.Delay(Patience, TimeProvider.System).ConfigureAwait(false);
        await errors.WriteLineAsync(
            $"The step has finished, but the process of the task has been running for {Patience.TotalSeconds} more seconds, because a "
                + "thread that the step started is still running. The task ends when the thread ends. Wait for the thread with Join in "
                + "the step, or set its IsBackground to true.").ConfigureAwait(false);
    }
}
