using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Metaflow.ObjectStorage.Http;

/// <summary>Says which certificates of servers are good.</summary>
/// <param name="setting">The name of the setting, for errors.</param>
/// <param name="value">Its value: <c>false</c> to trust every server, the file of the certificates that the server's must come from, or
/// <see langword="null"/> and <c>true</c> for what the system trusts.</param>
internal sealed class CertificateCheck(string setting, string? value)
{
    // A file of all authorities takes some ten milliseconds to read: only who meets a certificate needs it.
    private readonly Lazy<RemoteCertificateValidationCallback?> _callback = new(() => Of(setting, value));

    /// <summary>Gets what checks a certificate; <see langword="null"/> for the system.</summary>
    /// <exception cref="Errors.ConfigurationException">The file cannot be read (MF2105).</exception>
    public RemoteCertificateValidationCallback? Callback => _callback.Value;

    private static RemoteCertificateValidationCallback? Of(string setting, string? value) => value switch
    {
        null or "true" or "True" or "1" => null,
#pragma warning disable CA5359 // The user asks for it, for a server of their own.
        "false" or "False" or "0" => static (_, _, _, _) => true,
#pragma warning restore CA5359
        _ => ByFile(setting, value),
    };

    private static RemoteCertificateValidationCallback ByFile(string setting, string path)
    {
        var roots = new X509Certificate2Collection();
        try
        {
            roots.ImportFromPemFile(path);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw SettingErrors.Invalid(setting, path, $"The file cannot be read: {error.Message}");
        }

        if (roots.Count == 0)
        {
            throw SettingErrors.Invalid(setting, path, "The file has no certificate.");
        }

        return (_, certificate, sent, errors) =>
        {
            if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
            {
                return false;
            }

            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(roots);
            chain.ChainPolicy.ExtraStore.AddRange(sent?.ChainPolicy.ExtraStore ?? []);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            return chain.Build(new X509Certificate2(certificate));
        };
    }
}
