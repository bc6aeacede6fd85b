using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Secrets;

namespace Metaflow.Azure.Secrets;

/// <summary>A secret of a vault.</summary>
/// <remarks>Source: "Azure Key Vault keys, secrets and certificates overview".</remarks>
/// <param name="Vault">The address of the vault.</param>
/// <param name="Name">The name of the secret.</param>
/// <param name="Version">Its version; empty for the newest.</param>
internal sealed record VaultSecret(Uri Vault, string Name, string Version)
{
    private const string Kind = "secrets";
    private const int LongestName = 127;
    private const int LengthOfVersion = 32;
    private const int ShortestVault = 3;
    private const int LongestVault = 24;

    /// <summary>The domains of vaults: a token is sent to no other server.</summary>
    private static readonly string[] Domains =
        [".vault.azure.net", ".vault.azure.cn", ".vault.usgovcloudapi.net", ".vault.microsoftazure.de"];

    /// <summary>Gets what tokens for the vault are for, as Microsoft Entra names it.</summary>
    public string Resource => $"https://{(DomainOf(Vault) ?? Domains[0])[1..]}";

    /// <summary>Reads what a source names.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="prefix">The address of the vault of secrets that name none; <see langword="null"/> when it is not set.</param>
    /// <param name="setting">The setting that has the prefix.</param>
    /// <exception cref="Errors.MetaflowException">It is no secret (MF3045), or its vault is not known (MF2084).</exception>
    public static VaultSecret Parse(SecretReference secret, string? prefix, string setting)
    {
        if (secret.Id.Contains("://", StringComparison.Ordinal))
        {
            return OfAddress(secret, secret.Id, $"Write '{secret.Backend}.https://ours.vault.azure.net/secrets/name'.");
        }

        return prefix is null
            ? throw SecretErrors.PlaceUnknown(
                secret, $"The source has no vault, and {setting} is not set.",
                $"Set {setting} to the address of the vault, such as 'https://ours.vault.azure.net'.")
            : OfAddress(secret, $"{prefix.TrimEnd('/')}/{Kind}/{secret.Id}", $"Correct the source, or {setting}, which is '{prefix}'.");
    }

    private static VaultSecret OfAddress(SecretReference secret, string text, string fix)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || !IsVault(address))
        {
            throw SecretErrors.NameInvalid(
                secret,
                $"'{text}' is not the address of a secret in a vault: those begin with 'https://', 3 to 24 letters, digits and single "
                    + $"hyphens, and one of {string.Join(", ", Domains)}.",
                fix);
        }

        var parts = address.AbsolutePath.Trim('/').Split('/');
        var isSecret = parts is [Kind, _] or [Kind, _, _] && IsName(parts[1]) && (parts.Length == 2 || IsVersion(parts[2]))
            && text.EndsWith(address.AbsolutePath, StringComparison.Ordinal);
        return isSecret
            ? new VaultSecret(new Uri(address.GetLeftPart(UriPartial.Authority)), parts[1], parts.Length == 3 ? parts[2] : "")
            : throw SecretErrors.NameInvalid(
                secret,
                $"The path of '{text}' must be 'secrets/name' or 'secrets/name/version'. A name has up to 127 letters, digits and "
                    + "hyphens and begins with a letter, a version has 32 letters and digits.",
                fix);
    }

    private static bool IsVault(Uri address)
        => EndpointAddress.IsSecureOrLocal(address)
            && (address.IsLoopback
                || (address.IsDefaultPort && DomainOf(address) is { } domain && IsVaultName(address.Host[..^domain.Length])));

    private static string? DomainOf(Uri address)
        => Array.Find(Domains, domain => address.Host.EndsWith(domain, StringComparison.OrdinalIgnoreCase));

    private static bool IsVaultName(string name)
        => name.Length is >= ShortestVault and <= LongestVault && !name.Contains("--", StringComparison.Ordinal)
            && name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter == '-');

    private static bool IsName(string name)
        => name.Length is > 0 and <= LongestName && char.IsAsciiLetter(name[0])
            && name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter == '-');

    private static bool IsVersion(string version)
        => version.Length == LengthOfVersion && version.All(char.IsAsciiLetterOrDigit);
}
