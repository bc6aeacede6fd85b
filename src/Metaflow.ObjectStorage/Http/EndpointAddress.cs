using Metaflow.Storage;

namespace Metaflow.ObjectStorage.Http;

/// <summary>Reads the addresses of servers.</summary>
internal static class EndpointAddress
{
    /// <summary>Reads the address of a server.</summary>
    /// <param name="setting">The setting that has it.</param>
    /// <param name="text">The address.</param>
    /// <param name="example">An address that is correct.</param>
    /// <exception cref="Errors.ConfigurationException">It is none, or has a user and a password (MF2105).</exception>
    public static Uri Parse(string setting, string text, string example = "https://service.example.org")
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw SettingErrors.Invalid(setting, text, $"It must be an address such as '{example}'.");
        }

        return ShownAddress.HasUser(address)
            ? throw SettingErrors.Invalid(
                setting, text, $"An address has no user and no password. It must be one such as '{example}', and the credentials belong "
                    + "in settings of their own.")
            : address;
    }

    /// <summary>Reads the address of a service that is sent a token, which nobody on the way may read.</summary>
    /// <param name="setting">The setting that has it.</param>
    /// <param name="text">The address.</param>
    /// <param name="example">An address that is correct.</param>
    /// <exception cref="Errors.ConfigurationException">It is none, or not secure (MF2105).</exception>
    public static Uri ParseSecure(string setting, string text, string example)
        => Parse(setting, text, example) is var address && IsSecureOrLocal(address)
            ? address
            : throw SettingErrors.Invalid(setting, text, "Tokens are sent only to addresses of 'https'.");

    /// <summary>Returns true if only the server can read what is sent to an address. A server of this machine may imitate a
    /// service.</summary>
    /// <param name="address">The address.</param>
    public static bool IsSecureOrLocal(Uri address)
        => address.Scheme == Uri.UriSchemeHttps || (address.IsLoopback && address.Scheme == Uri.UriSchemeHttp);
}
