using System.ComponentModel;
using Metaflow.Aws.Signing;
using Metaflow.ObjectStorage.Credentials;

namespace Metaflow.Aws.Credentials;

/// <summary>A program that gives credentials: the entry <c>credential_process</c> of a profile.</summary>
/// <remarks>Source: "Sourcing credentials with an external process" of the guide to AWS's command line.</remarks>
internal static class ProfileProgram
{
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

        try
        {
            var (exitCode, output, _) = await CredentialProcess.RunAsync(command, takesErrors: false, cancellationToken)
                .ConfigureAwait(false);
            return (exitCode == 0 ? CredentialJson.Read(output) : null) ?? throw CredentialErrors.Missing(
                $"The 'credential_process' of the profile '{profile.Name}' gave none. It ended with exit code {exitCode}.");
        }
        catch (Exception error) when (error is Win32Exception or TimeoutException)
        {
            throw CredentialErrors.Missing(
                $"The 'credential_process' of the profile '{profile.Name}' gave none: {error.Message}", error);
        }
    }
}
