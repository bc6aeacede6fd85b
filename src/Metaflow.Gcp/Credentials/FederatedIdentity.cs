using System.Text;

namespace Metaflow.Gcp.Credentials;

/// <summary>An identity of another provider, such as Kubernetes, GitHub or Azure, for which Google gives tokens.</summary>
/// <remarks>Source: "Workload identity federation" of Google's documentation, and AIP-4117.</remarks>
/// <param name="file">The file that describes it.</param>
/// <param name="services">Give tokens.</param>
internal sealed class FederatedIdentity(CredentialFile file, TokenServices services)
{
    /// <summary>Exchanges the identity for a token.</summary>
    /// <param name="scope">What the token is good for.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async ValueTask<AccessToken> ExchangeAsync(string scope, CancellationToken cancellationToken)
    {
        var isOther = file.Find("service_account_impersonation_url") is not null;
        var token = await services.ExchangeAsync(
            file.Address("token_url"),
            [
                ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
                ("audience", file.Text("audience")),
                ("scope", isOther ? TokenScopes.Platform : scope),
                ("requested_token_type", "urn:ietf:params:oauth:token-type:access_token"),
                ("subject_token", await SubjectAsync(cancellationToken).ConfigureAwait(false)),
                ("subject_token_type", file.Text("subject_token_type")),
            ],
            cancellationToken).ConfigureAwait(false);
        return isOther
            ? await services.ImpersonateAsync(
                file.Address("service_account_impersonation_url"), token, "[]", scope, cancellationToken).ConfigureAwait(false)
            : token;
    }

    /// <summary>Returns the token of the other provider.</summary>
    private async ValueTask<string> SubjectAsync(CancellationToken cancellationToken)
    {
        var source = file.Part("credential_source");
        var text = source?.Find("file") is { } path ? Read(path)
            : source?.Find("url") is not null ? (await services.GetAsync(
                source.Address("url"), source.Part("headers")?.Texts() ?? [], cancellationToken).ConfigureAwait(false)).Text
            : throw CredentialErrors.Missing(
                $"The 'credential_source' of the file '{file.Path}' names neither a file nor an address. Metaflow supports no other.");
        return source.Part("format") is { } format && format.Find("type") == "json"
            ? CredentialFile.Parse(file.Path, Encoding.UTF8.GetBytes(text)).Text(format.Text("subject_token_field_name"))
            : text.Trim();
    }

    private string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CredentialErrors.Missing($"The token that the file '{file.Path}' names cannot be read: {error.Message}", error);
        }
    }
}
