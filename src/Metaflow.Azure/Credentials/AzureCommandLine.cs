using System.ComponentModel;
using Metaflow.ObjectStorage.Credentials;

namespace Metaflow.Azure.Credentials;

/// <summary>What the Azure CLI said.</summary>
/// <param name="Token">The token; <see langword="null"/> when it gave none.</param>
/// <param name="Reason">Why it gave none, as the end of a sentence.</param>
internal sealed record CommandLineToken(AccessToken? Token, string Reason);

/// <summary>Asks the Azure CLI for the token of the user who has signed on with <c>az login</c>.</summary>
internal static class AzureCommandLine
{
    private const string Command = "az account get-access-token --output json --resource ";
    private const int NotFound = 127;
    private const int NotFoundOnWindows = 9009;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Asks it.</summary>
    /// <param name="resource">What the token is for.</param>
    /// <param name="now">The time.</param>
    public static async ValueTask<CommandLineToken> GetAsync(string resource, DateTimeOffset now)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var (exitCode, output, errors) = await CredentialProcess.RunAsync(Command + resource, takesErrors: true, patience.Token)
                .ConfigureAwait(false);
            var token = exitCode == 0 ? AccessToken.Read(output, now) : null;
            return new CommandLineToken(
                token,
                exitCode is NotFound or NotFoundOnWindows
                    ? "the Azure CLI is not installed"
                    : $"the Azure CLI says: {FirstLineOf(errors)}");
        }
        catch (Win32Exception)
        {
            return new CommandLineToken(null, "the Azure CLI does not start");
        }
        catch (OperationCanceledException)
        {
            return new CommandLineToken(null, $"the Azure CLI said nothing for {Patience.TotalSeconds:0} seconds");
        }
    }

    private static string FirstLineOf(string text) => text.Trim().ReplaceLineEndings("\n").Split('\n')[0].TrimEnd('.');
}
