using System.Diagnostics;
using System.Text;

namespace Metaflow.Python.Processes;

/// <summary>Runs programs of others, such as pip, without a shell.</summary>
internal static class ChildProcess
{
    // What left the tree of a process can keep its output open for ever.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(5);

    /// <summary>Runs a program to its end. It reads nothing.</summary>
    /// <param name="start">The program, its arguments and its variables.</param>
    /// <param name="onOutput">Gets each line of its output.</param>
    /// <param name="onError">Gets each line of its errors, perhaps at the same time.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the program and all that it started.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">It cannot start.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static async Task<int> RunAsync(
        ProcessStartInfo start, Action<string> onOutput, Action<string> onError, TimeProvider time, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.StandardOutputEncoding = Encoding.UTF8;
        start.StandardErrorEncoding = Encoding.UTF8;
        start.UseShellExecute = false;
        start.CreateNoWindow = true;
        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Give(line.Data, onOutput);
        process.ErrorDataReceived += (_, line) => Give(line.Data, onError);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);

            // Its files can be deleted only when it has ended.
            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(LongestEnd, time, CancellationToken.None)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        // The terminal's signal reaches both processes, and the program can be the first to end.
        cancellationToken.ThrowIfCancellationRequested();
        return process.ExitCode;
    }

    private static void Give(string? line, Action<string> take)
    {
        if (line is not null)
        {
            take(line);
        }
    }
}
