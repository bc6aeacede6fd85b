using System.Globalization;

namespace Metaflow.ObjectStorage.Http;

/// <summary>Where a server listens.</summary>
/// <param name="Host">The name or the address.</param>
/// <param name="Port">The port.</param>
/// <param name="IsSecure">Whether it speaks TLS.</param>
internal sealed record ServerAddress(string Host, int Port, bool IsSecure)
{
    /// <summary>Gets what the header <c>Host</c> says.</summary>
    public string Authority { get; } = Port == (IsSecure ? 443 : 80) ? Bracketed(Host) : Full(Host, Port);

    /// <summary>Gets the host and the port, also the usual one.</summary>
    public string WithPort => Full(Host, Port);

    /// <summary>Returns the server of an address.</summary>
    /// <param name="address">An address of <c>http</c> or <c>https</c>.</param>
    public static ServerAddress Of(Uri address) => new(address.DnsSafeHost, address.Port, address.Scheme == Uri.UriSchemeHttps);

    private static string Full(string host, int port) => string.Create(CultureInfo.InvariantCulture, $"{Bracketed(host)}:{port}");

    private static string Bracketed(string host) => host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
}
