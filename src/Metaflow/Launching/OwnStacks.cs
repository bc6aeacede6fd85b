using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Metaflow.Platform;

namespace Metaflow.Launching;

/// <summary>Prints the managed stacks of this process. A process cannot read its own, so that a second one of the same program does
/// it.</summary>
internal static class OwnStacks
{
    /// <summary>The first argument of the program that reads the stacks; the process's id follows.</summary>
    public const string Verb = "stacks-of";

    /// <summary>How long the other process may take: the scheduler kills a task ten seconds after its time is over.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(6);

    /// <summary>Prints the stacks.</summary>
    /// <param name="errors">The task's error stream.</param>
    /// <returns>A task that ends when they are printed, or cannot be.</returns>
    public static async Task WriteAsync(TextWriter errors)
    {
        try
        {
            using var limit = new CancellationTokenSource(Limit);
            using var reader = Start();
            var read = await reader.StandardOutput.ReadToEndAsync(limit.Token).ConfigureAwait(false);
            await errors.WriteLineAsync(read.TrimEnd()).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or Win32Exception or InvalidOperationException
            || LaunchFailures.IsExpected(error))
        {
            await errors.WriteLineAsync("    The stacks of the task could not be read in time.").ConfigureAwait(false);
        }
    }

    private static Process Start()
    {
        var program = OwnProgram.Find();
        var start = new ProcessStartInfo(program.FileName, [.. program.Arguments, Verb, ProcessId()]) { RedirectStandardOutput = true };
        var reader = Process.Start(start)!;
        PosixProcess.AllowDebugger(reader.Id);
        return reader;
    }

    private static string ProcessId() => Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
}
