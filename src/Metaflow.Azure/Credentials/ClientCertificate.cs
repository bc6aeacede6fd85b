using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Metaflow.Azure.Credentials;

/// <summary>Proves with a certificate who a service principal is.</summary>
/// <remarks>Source: "Application authentication certificate credentials" of the documentation of the Microsoft identity
/// platform.</remarks>
internal static class ClientCertificate
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    /// <summary>Returns the proof: a signed JSON Web Token.</summary>
    /// <param name="path">The file of the certificate and its key: PEM, or PKCS #12.</param>
    /// <param name="password">The password of the file; <see langword="null"/> for none.</param>
    /// <param name="client">The id of the service principal.</param>
    /// <param name="audience">Who will read the proof.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="Errors.ConfigurationException">The file has no certificate with a key of RSA (MF2081).</exception>
    public static string Sign(string path, string? password, string client, Uri audience, DateTimeOffset now)
    {
        try
        {
            using var certificate = Load(path, password);
            using var key = certificate.GetRSAPrivateKey() ?? throw new CryptographicException("It has no key of RSA.");
            var head = $$"""{"alg":"RS256","typ":"JWT","x5t":"{{Encode(certificate.GetCertHash())}}"}""";
            var claims = string.Create(
                CultureInfo.InvariantCulture,
                $$"""
                {"aud":"{{Text(audience.ToString())}}","iss":"{{Text(client)}}","sub":"{{Text(client)}}","jti":"{{Guid.NewGuid()}}",
                "nbf":{{now.ToUnixTimeSeconds()}},"exp":{{(now + Life).ToUnixTimeSeconds()}}}
                """);
            var signed = $"{Encode(Encoding.UTF8.GetBytes(head))}.{Encode(Encoding.UTF8.GetBytes(claims))}";
            var proof = key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            return $"{signed}.{Encode(proof)}";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw AzureErrors.Missing($"The certificate of AZURE_CLIENT_CERTIFICATE_PATH, '{path}', cannot be used: {error.Message}");
        }
    }

    private static X509Certificate2 Load(string path, string? password)
        => !File.ReadAllText(path).Contains("-----BEGIN", StringComparison.Ordinal)
            ? X509CertificateLoader.LoadPkcs12FromFile(path, password)
            : password is null ? X509Certificate2.CreateFromPemFile(path) : X509Certificate2.CreateFromEncryptedPemFile(path, password);

    private static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    private static string Text(string text) => System.Text.Json.JsonEncodedText.Encode(text).ToString();
}
