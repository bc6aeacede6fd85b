using System.ComponentModel;
using System.Diagnostics;

namespace Metaflow.ObjectStorage.Credentials;

/// <summary>What a program wrote.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Its output.</param>
/// <param name="Errors">What it wrote to its error output, if that was wanted.</param>
internal sealed record ProgramOutput(int ExitCode, byte[] Output, string Errors);

/// <summary>Runs programs that give credentials.</summary>
internal static class CredentialProcess
{
    /// <summary>How long a program may take, which may ask its user something in a browser.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Runs a program.</summary>
    /// <param name="command">The command line, as the shell of the system has it.</param>
    /// <param name="takesErrors">Whether its errors are kept; else the user sees them.</param>
    /// <param name="cancellationToken">Cancels the operation, and ends the program.</param>
    /// <exception cref="Win32Exception">There is no shell.</exception>
    /// <exception cref="TimeoutException">The program did not end.</exception>
    public static async ValueTask<ProgramOutput> RunAsync(string command, bool takesErrors, CancellationToken cancellationToken)
    {
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo("cmd.exe", ["/c", command])
            : new ProcessStartInfo("/bin/sh", ["-c", command]);
        start.RedirectStandardOutput = true;
        start.RedirectStandardInput = true;
        start.RedirectStandardError = takesErrors;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        using var process = Process.Start(start)!;
        try
        {
            process.StandardInput.Close();
            var errors = takesErrors ? process.StandardError.ReadToEndAsync(patience.Token) : Task.FromResult("");
            using var output = new MemoryStream();
            await process.StandardOutput.BaseStream.CopyToAsync(output, patience.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
            return new ProgramOutput(process.ExitCode, output.ToArray(), await errors.ConfigureAwait(false));
        }
        catch (OperationCanceledException error)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new TimeoutException($"The program did not end within {Patience.TotalSeconds:0} seconds.", error);
        }
    }
}
