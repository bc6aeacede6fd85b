using System.Net;

namespace Metaflow.ObjectStorage.Http;

/// <summary>Which servers are reached through a proxy, by the variables that the tools and libraries of all clouds read:
/// <c>HTTPS_PROXY</c>, <c>HTTP_PROXY</c>, <c>ALL_PROXY</c> and <c>NO_PROXY</c>. Names in lower case come first.</summary>
/// <param name="variable">Returns the value of a variable, or <see langword="null"/>.</param>
internal sealed class ProxyVariables(Func<string, string?> variable)
{
    /// <summary>Gets those of this process.</summary>
    public static ProxyVariables OfProcess { get; } = new(Environment.GetEnvironmentVariable);

    /// <summary>Returns the proxy for a server.</summary>
    /// <param name="server">The server.</param>
    /// <returns>The proxy; <see langword="null"/> for none.</returns>
    /// <exception cref="Errors.ConfigurationException">A variable has no address of a proxy (MF2105).</exception>
    public HttpProxy? For(ServerAddress server)
    {
        var (name, value) = Find(server.IsSecure ? "https_proxy" : "http_proxy") ?? Find("all_proxy") ?? default;
        return value is null || IsDirect(server) ? null : HttpProxy.Parse(name, value);
    }

    private (string Name, string Value)? Find(string name)
    {
        // A server of web pages passes the header 'Proxy' of a request to its programs as HTTP_PROXY.
        var upper = name == "http_proxy" && variable("GATEWAY_INTERFACE") is not null ? null : name.ToUpperInvariant();
        return variable(name) is { Length: > 0 } value ? (name, value)
            : upper is not null && variable(upper) is { Length: > 0 } other ? (upper, other)
            : null;
    }

    private bool IsDirect(ServerAddress server)
    {
        // What a machine says of itself is there alone, and a proxy would be told its credentials.
        if (server.Host is "metadata.google.internal" || (IPAddress.TryParse(server.Host, out var address) && IsOfLink(address)))
        {
            return true;
        }

        var entries = Find("no_proxy")?.Value.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries) ?? [];
        return entries.Any(entry => Covers(entry, server));
    }

    private static bool IsOfLink(IPAddress address)
        => address.IsIPv6LinkLocal || address.GetAddressBytes() is [169, 254, _, _] || address.Equals(IPAddress.Parse("fd00:ec2::254"));

    // An entry is a name, which covers those below it, or an address or a range of them, each perhaps with a port.
    private static bool Covers(string entry, ServerAddress server)
    {
        if (entry == "*")
        {
            return true;
        }

        if (IPNetwork.TryParse(entry, out var network))
        {
            return IPAddress.TryParse(server.Host, out var address) && network.Contains(address);
        }

        var end = entry.LastIndexOf(':');
        var hasPort = end > 0 && (entry[end - 1] == ']' || entry.IndexOf(':', StringComparison.Ordinal) == end);
        if (hasPort && entry[(end + 1)..] != server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture))
        {
            return false;
        }

        var name = (hasPort ? entry[..end] : entry).Trim('[', ']').TrimStart('*').TrimStart('.');
        return name.Length > 0 && (server.Host.Equals(name, StringComparison.OrdinalIgnoreCase)
            || server.Host.EndsWith("." + name, StringComparison.OrdinalIgnoreCase));
    }
}
