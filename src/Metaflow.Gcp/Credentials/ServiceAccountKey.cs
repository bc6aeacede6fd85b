using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Metaflow.Gcp.Credentials;

/// <summary>The key of a service account.</summary>
/// <remarks>Source: "Using OAuth 2.0 for server to server applications" of Google's documentation.</remarks>
internal static class ServiceAccountKey
{
    private const string TokenAddress = "https://oauth2.googleapis.com/token";
    private const int Seconds = 3600;

    /// <summary>Exchanges the key for a token.</summary>
    /// <param name="file">The file of the key.</param>
    /// <param name="scope">What the token is good for.</param>
    /// <param name="services">Exchanges it.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static ValueTask<AccessToken> ExchangeAsync(
        CredentialFile file, string scope, TokenServices services, CancellationToken cancellationToken)
        => services.ExchangeAsync(
            file.Address("token_uri", TokenAddress),
            [
                ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
                ("assertion", Assertion(file, scope, services.Now.ToUnixTimeSeconds())),
            ],
            cancellationToken);

    private static string Assertion(CredentialFile file, string scope, long now)
    {
        var header = $$"""{"alg":"RS256","typ":"JWT","kid":{{Json(file.Find("private_key_id") ?? "")}}}""";
        var claims = string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"iss\":{Json(file.Text("client_email"))},\"scope\":\"{scope}\",\"aud\":{Json(file.Find("token_uri") ?? TokenAddress)},"
                + $"\"iat\":{now},\"exp\":{now + Seconds}}}");
        var text = $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}";
        try
        {
            using var key = RSA.Create();
            key.ImportFromPem(file.Text("private_key"));
            var proof = key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            return $"{text}.{Base64Url.EncodeToString(proof)}";
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw CredentialErrors.Missing($"The 'private_key' of the file '{file.Path}' is not a key: {error.Message}");
        }
    }

    private static string Json(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
