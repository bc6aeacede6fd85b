using Metaflow.ObjectStorage.Http;
using Metaflow.Storage;

namespace Metaflow.Azure.Credentials;

/// <summary>A connection string of a storage account, as the portal of Azure shows it.</summary>
/// <remarks>Source: "Configure Azure Storage connection strings" of the documentation of Azure Storage.</remarks>
/// <param name="Endpoint">The address of the blobs; <see langword="null"/> where it says none.</param>
/// <param name="AccountName">The name of the account.</param>
/// <param name="Key">The key of the account.</param>
/// <param name="Signature">The shared access signature.</param>
internal sealed record ConnectionString(Uri? Endpoint, string? AccountName, string? Key, string? Signature)
{
    /// <summary>The domain of Azure's public cloud.</summary>
    public const string PublicDomain = "core.windows.net";

    // Emulators have one account, whose key is in their documentation.
    private const string EmulatedAccount = "devstoreaccount1";
    private const string EmulatedKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private const string EmulatedAddress = $"http://127.0.0.1:10000/{EmulatedAccount}";

    /// <summary>Reads a connection string.</summary>
    /// <param name="setting">The setting that has it.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="Errors.ConfigurationException">It is none (MF2105).</exception>
    public static ConnectionString Parse(string setting, string text)
    {
        var parts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw Invalid(setting);
            }

            parts[part[..equals]] = part[(equals + 1)..];
        }

        if (parts.GetValueOrDefault("UseDevelopmentStorage") is "true")
        {
            return new ConnectionString(new Uri(EmulatedAddress), EmulatedAccount, EmulatedKey, null);
        }

        var name = parts.GetValueOrDefault("AccountName");
        var address = parts.GetValueOrDefault("BlobEndpoint") ?? (name is null ? null
            : $"{parts.GetValueOrDefault("DefaultEndpointsProtocol") ?? "https"}://{name}.blob."
                + (parts.GetValueOrDefault("EndpointSuffix") ?? PublicDomain));
        return Uri.TryCreate(address, UriKind.Absolute, out var endpoint) && endpoint.Scheme is "http" or "https"
            && !ShownAddress.HasUser(endpoint)
            ? new ConnectionString(
                endpoint, name, parts.GetValueOrDefault("AccountKey"), parts.GetValueOrDefault("SharedAccessSignature"))
            : throw Invalid(setting);
    }

    /// <inheritdoc/>
    public override string ToString() => Endpoint?.ToString() ?? "";

    // Without its value, which has a secret.
    private static Errors.ConfigurationException Invalid(string setting) => SettingErrors.Invalid(
        setting, "…", "It must be a connection string, such as 'DefaultEndpointsProtocol=https;AccountName=ours;AccountKey=…'.");
}
