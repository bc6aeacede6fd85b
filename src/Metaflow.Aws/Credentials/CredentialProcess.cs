using System.ComponentModel;
using System.Diagnostics;
using Metaflow.Aws.Signing;

namespace Metaflow.Aws.Credentials;

/// <summary>A program that gives credentials: the entry <c>credential_process</c> of a profile.</summary>
/// <remarks>Source: "Sourcing credentials with an external process" of the guide to AWS's command line.</remarks>
internal static class CredentialProcess
{
    /// <summary>How long the program may take, which may ask its user something in a browser.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Runs the program.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The credentials; <see langword="null"/> when the profile names no program.</returns>
    public static async ValueTask<AwsCredentials?> RunAsync(AwsProfile profile, CancellationToken cancellationToken)
    {
        if (profile.Entry("credential_process") is not { } command)
        {
            return null;
        }

        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo("cmd.exe", ["/c", command])
            : new ProcessStartInfo("/bin/sh", ["-c", command]);
        start.RedirectStandardOutput = true;
        start.RedirectStandardInput = true;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var process = Process.Start(start)!;
            return await ReadAsync(profile, process, patience.Token).ConfigureAwait(false);
        }
        catch (Win32Exception error)
        {
            throw CredentialErrors.Missing(
                $"The 'credential_process' of the profile '{profile.Name}' does not start: {error.Message}", error);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw CredentialErrors.Missing(
                $"The 'credential_process' of the profile '{profile.Name}' did not end within {Patience.TotalSeconds:0} seconds.", error);
        }
    }

    private static async ValueTask<AwsCredentials> ReadAsync(AwsProfile profile, Process process, CancellationToken cancellationToken)
    {
        try
        {
            process.StandardInput.Close();
            using var output = new MemoryStream();
            await process.StandardOutput.BaseStream.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return (process.ExitCode == 0 ? CredentialJson.Read(output.ToArray()) : null) ?? throw CredentialErrors.Missing(
                $"The 'credential_process' of the profile '{profile.Name}' gave none. It ended with exit code {process.ExitCode}.");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
