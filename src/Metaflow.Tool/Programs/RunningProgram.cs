using System.Diagnostics;
using System.Runtime.InteropServices;
using Metaflow.Platform;
using Metaflow.Settings;

namespace Metaflow.Tool.Programs;

/// <summary>Starts programs that are built.</summary>
internal static class RunningProgram
{
    /// <summary>Runs a program on this process's console, and waits for its end.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">The user's arguments.</param>
    /// <param name="workingFolder">The folder that it works in.</param>
    /// <param name="invocation">How the user starts it, for its hints.</param>
    /// <returns>Its exit code.</returns>
    public static async Task<int> RunAsync(
        BuiltProgram program, IEnumerable<string> arguments, string workingFolder, string invocation)
    {
        var start = new ProcessStartInfo(program.Command, [.. program.Arguments, .. arguments]) { WorkingDirectory = workingFolder };
        start.Environment[GivenInvocation.Variable] = invocation;

        // The program has the console: Ctrl-C reaches it as it does this process. A signal from elsewhere may reach this process alone.
        // Nothing tells the two apart, so that every signal is passed on; a program that was started so takes both for one.
        using var running = Process.Start(start)!;
        using var interrupt = Pass(PosixSignal.SIGINT, PosixProcess.SigInt, running.Id);
        using var quit = Pass(PosixSignal.SIGQUIT, PosixProcess.SigQuit, running.Id);
        using var end = Pass(PosixSignal.SIGTERM, PosixProcess.SigTerm, running.Id);
        using var hangUp = Pass(PosixSignal.SIGHUP, PosixProcess.SigHup, running.Id);
        await running.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        return running.ExitCode;
    }

    /// <summary>Asks a program which words may follow.</summary>
    /// <param name="program">The program.</param>
    /// <param name="words">What was typed behind its name.</param>
    /// <param name="workingFolder">The folder that it works in.</param>
    /// <returns>What it prints.</returns>
    public static async Task<string> AnswerAsync(BuiltProgram program, IEnumerable<string> words, string workingFolder)
    {
        using var answering = Process.Start(new ProcessStartInfo(program.Command, [.. program.Arguments, "complete", "--", .. words])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingFolder,
        })!;
        return await answering.StandardOutput.ReadToEndAsync().ConfigureAwait(false);
    }

    private static PosixSignalRegistration Pass(PosixSignal signal, int number, int processId)
        => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            PosixProcess.Signal(processId, number);
        });
}
