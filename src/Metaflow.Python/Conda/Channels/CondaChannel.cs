using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Metaflow.Errors;
using Metaflow.Python.Conda.Matching;

namespace Metaflow.Python.Conda.Channels;

/// <summary>A channel: an address with a folder of packages for each platform.</summary>
/// <remarks>Credentials are in no property that is meant to be shown: only <see cref="RequestFor"/> uses them.</remarks>
internal sealed class CondaChannel
{
    private readonly string? _token;
    private readonly string? _userAndPassword;

    private CondaChannel(string name, string url, string? token, string? userAndPassword, IReadOnlyList<string>? platforms)
    {
        Name = name;
        Url = url;
        _token = token;
        _userAndPassword = userAndPassword;
        Platforms = platforms;
    }

    /// <summary>Gets the name; the address where the channel has no name.</summary>
    public string Name { get; }

    /// <summary>Gets the address without credentials, platform and slash at the end.</summary>
    public string Url { get; }

    /// <summary>Gets the only platforms that are asked for, as in <c>conda-forge[linux-64,noarch]</c>; <see langword="null"/> if they are
    /// all.</summary>
    public IReadOnlyList<string>? Platforms { get; }

    /// <summary>Gets the folder of the channel; <see langword="null"/> if it is not on this machine.</summary>
    public string? Folder => Url.StartsWith("file://", StringComparison.OrdinalIgnoreCase) ? new Uri(Url).LocalPath : null;

    /// <summary>Reads the name, the address or the folder of a channel.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">What names stand for.</param>
    /// <returns>The channel.</returns>
    /// <exception cref="EnvironmentException">MF7052: the text names no channel.</exception>
    public static CondaChannel Parse(string text, ChannelOptions options)
    {
        var (body, platforms) = WithoutPlatforms(text.Trim());
        if (body.Length == 0)
        {
            throw ChannelErrors.Unreadable(text, "It is empty.");
        }

        if (body.Contains("://", StringComparison.Ordinal))
        {
            return FromAddress(text, body, platforms, options);
        }

        if (IsPath(body))
        {
            return FromAddress(text, new Uri(Path.GetFullPath(body, Path.GetFullPath(options.Folder))).AbsoluteUri, platforms, options);
        }

        var (name, platform) = WithoutPlatform(body.Trim('/'));
        platforms ??= platform is null ? null : [platform];
        var address = options.Addresses.TryGetValue(name, out var known) ? known
            : options.Alias is { } alias ? $"{alias.TrimEnd('/')}/{name}"
            : throw ChannelErrors.Unreadable(text, "It is a name, and no address is known that names of channels are put behind.");
        return FromAddress(text, address, platforms, options, name);
    }

    /// <summary>Returns the channel of a package's file.</summary>
    /// <param name="url">The address of the file: channel, platform, file.</param>
    /// <param name="options">What names stand for.</param>
    /// <returns>The channel with the only platform; <see langword="null"/> if no platform is in the address.</returns>
    public static CondaChannel? OfPackage(string url, ChannelOptions options)
    {
        var file = url.LastIndexOf('/');
        var folder = file < 0 ? "" : url[..file];
        var (channel, platform) = WithoutPlatform(folder);
        return platform is null ? null : Parse($"{channel}[{platform}]", options);
    }

    /// <summary>Returns the address of a platform's packages.</summary>
    /// <param name="platform">The platform.</param>
    /// <returns>The address, without a slash at the end.</returns>
    public string AddressOf(string platform) => $"{Url}/{platform}";

    /// <summary>Gets the address with the token that the channel was given, for another program; the plain address if there is
    /// none.</summary>
    public string AddressWithToken => WithToken(Url);

    /// <summary>Gets the user and the password that the channel was given; <see langword="null"/> if there are none.</summary>
    public NetworkCredential? Credential
        => _userAndPassword?.Split(':', 2) is { } parts
            ? new NetworkCredential(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "") : null;

    /// <summary>Gets the secrets of the channel as they are written in addresses, so that they can be hidden.</summary>
    public IEnumerable<string> Secrets => new[] { _token, _userAndPassword }.OfType<string>();

    /// <summary>Returns the request of a file, with the credentials of the channel.</summary>
    /// <param name="url">The address of the file, without credentials.</param>
    /// <returns>The request.</returns>
    public HttpRequestMessage RequestFor(string url)
    {
        // Credentials go to the channel's own server only, not to another one that its list may name.
        var isOwn = url.StartsWith(Url + "/", StringComparison.Ordinal);
        var request = new HttpRequestMessage(HttpMethod.Get, isOwn ? WithToken(url) : url);
        if (isOwn && _userAndPassword is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(_userAndPassword))));
        }

        return request;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private string WithToken(string url)
    {
        var host = Url.IndexOf('/', Url.IndexOf("://", StringComparison.Ordinal) + 3);
        return _token is null ? url
            : host < 0 ? $"{Url}/t/{_token}{url[Url.Length..]}" : $"{Url[..host]}/t/{_token}{url[host..]}";
    }

    private static CondaChannel FromAddress(
        string text, string address, IReadOnlyList<string>? platforms, ChannelOptions options, string? name = null)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri))
        {
            throw ChannelErrors.Unreadable(text, "It is no address.");
        }

        if (uri.Scheme is not ("http" or "https" or "file"))
        {
            throw ChannelErrors.Unreadable(text, $"Channels at '{uri.Scheme}://' are not supported.");
        }

        var userAndPassword = uri.UserInfo.Length == 0 ? null : uri.UserInfo;
        var plain = uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/');
        var token = (string?)null;
        var mark = plain.IndexOf("/t/", StringComparison.Ordinal);
        if (mark >= 0 && uri.Scheme != "file")
        {
            var end = plain.IndexOf('/', mark + 3);
            token = end < 0 ? plain[(mark + 3)..] : plain[(mark + 3)..end];
            plain = plain[..mark] + (end < 0 ? "" : plain[end..]);
        }

        var (url, platform) = WithoutPlatform(plain);
        platforms ??= platform is null ? null : [platform];
        return new CondaChannel(name ?? NameOf(url, options), url, token, userAndPassword, platforms);
    }

    private static string NameOf(string url, ChannelOptions options)
    {
        var known = options.Addresses.FirstOrDefault(pair => pair.Value.TrimEnd('/') == url).Key;
        var alias = options.Alias is null ? null : SecretText.Remove(options.Alias).TrimEnd('/') + "/";
        return known ?? (alias is not null && url.StartsWith(alias, StringComparison.Ordinal) ? url[alias.Length..] : url);
    }

    private static (string Body, IReadOnlyList<string>? Platforms) WithoutPlatforms(string text)
    {
        var open = text.IndexOf('[', StringComparison.Ordinal);
        return open > 0 && text[^1] == ']'
            ? (text[..open].Trim(), text[(open + 1)..^1].Split([',', ' '], StringSplitOptions.RemoveEmptyEntries))
            : (text, null);
    }

    private static (string Body, string? Platform) WithoutPlatform(string text)
    {
        var slash = text.LastIndexOf('/');
        return slash > 0 && CondaPlatforms.Contains(text[(slash + 1)..])
            ? (text[..slash], text[(slash + 1)..].ToLowerInvariant())
            : (text, null);
    }

    private static bool IsPath(string text)
        => text[0] is '/' or '.' or '~' or '\\' || (text.Length > 2 && char.IsAsciiLetter(text[0]) && text[1] == ':');
}
