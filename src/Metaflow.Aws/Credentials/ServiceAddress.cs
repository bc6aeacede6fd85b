using Metaflow.Storage;

namespace Metaflow.Aws.Credentials;

/// <summary>The addresses of services that variables name.</summary>
internal static class ServiceAddress
{
    /// <summary>Reads an address, which must have no user and no password.</summary>
    /// <param name="variable">The variable that has it.</param>
    /// <param name="text">The address.</param>
    /// <exception cref="Errors.ConfigurationException">It is none (MF2081).</exception>
    public static Uri Parse(string variable, string text)
        => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            && !ShownAddress.HasUser(address)
            ? address
            : throw CredentialErrors.Missing($"{variable} is '{ShownAddress.Of(text)}', which is not the address of a service.");
}
