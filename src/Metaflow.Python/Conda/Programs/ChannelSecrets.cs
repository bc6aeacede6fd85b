using System.Net;
using System.Text;
using Metaflow.Python.Conda.Channels;
using Metaflow.Python.Conda.Matching;

namespace Metaflow.Python.Conda.Programs;

/// <summary>The credentials of the channels of a request: they are given to a program in a file, not in arguments, which every user of the
/// machine can read; and they are hidden in what it prints.</summary>
internal sealed class ChannelSecrets
{
    private const string Hidden = "***";

    private readonly SortedDictionary<string, NetworkCredential> _byHost = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _secrets = new(StringComparer.Ordinal);

    /// <summary>Finds the credentials.</summary>
    /// <param name="channels">The channels.</param>
    /// <param name="access">User and password by host. Those of a channel's own address come before them.</param>
    public ChannelSecrets(IEnumerable<CondaChannel> channels, IReadOnlyDictionary<string, NetworkCredential> access)
    {
        foreach (var channel in channels)
        {
            var host = new Uri(channel.Url).Host;
            if ((channel.Credential ?? access.GetValueOrDefault(host)) is { } credential && host.Length > 0)
            {
                _byHost.TryAdd(host, credential);
                _secrets.Add(credential.Password);
                _secrets.Add(Uri.EscapeDataString(credential.Password));
            }

            _secrets.UnionWith(channel.Secrets);
        }

        _secrets.Remove("");
    }

    /// <summary>Gets a value indicating whether a file is needed.</summary>
    public bool HasCredentials => _byHost.Count > 0;

    /// <summary>Returns the lines of the file, in the form of <c>.netrc</c>, which conda and mamba read.</summary>
    /// <returns>The lines.</returns>
    public IEnumerable<string> Lines()
        => _byHost.Select(static pair => $"machine {pair.Key} login {Quoted(pair.Value.UserName)} password {Quoted(pair.Value.Password)}");

    /// <summary>Returns a text without the credentials.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The text to print.</returns>
    public string Hide(string text)
        => SecretText.Redact(_secrets.OrderByDescending(static secret => secret.Length)
            .Aggregate(text, static (shown, secret) => shown.Replace(secret, Hidden, StringComparison.Ordinal)));

    private static string Quoted(string text)
    {
        if (text.Length > 0 && !text.Any(static letter => char.IsWhiteSpace(letter) || letter is '"' or '\\' or '#'))
        {
            return text;
        }

        var quoted = new StringBuilder("\"");
        foreach (var letter in text)
        {
            quoted.Append(letter is '"' or '\\' ? "\\" : "").Append(letter);
        }

        return quoted.Append('"').ToString();
    }
}
