namespace Metaflow.Aws.Credentials;

/// <summary>What the variables and files of AWS's own tools say: <c>~/.aws/credentials</c> and <c>~/.aws/config</c>.</summary>
/// <remarks>Source: "Configuration and credential file settings" of the guide to AWS's command line.</remarks>
internal sealed class AwsProfile
{
    private readonly Func<string, string?> _variable;
    private readonly Lazy<Dictionary<string, string>> _entries;

    /// <summary>Initializes a profile.</summary>
    /// <param name="variable">Returns a variable of the environment.</param>
    public AwsProfile(Func<string, string?> variable)
    {
        _variable = variable;
        _entries = new Lazy<Dictionary<string, string>>(ReadEntries);
    }

    /// <summary>Gets the profile of this process.</summary>
    public static AwsProfile OfProcess => new(Environment.GetEnvironmentVariable);

    /// <summary>Gets its name.</summary>
    public string Name => Variable("AWS_PROFILE") ?? Variable("AWS_DEFAULT_PROFILE") ?? "default";

    /// <summary>Gets the region; <see langword="null"/> when none is set.</summary>
    public string? Region => Variable("AWS_REGION") ?? Variable("AWS_DEFAULT_REGION") ?? Entry("region");

    /// <summary>Gets the keys that the variables have, or the profile; <see langword="null"/> when credentials come from elsewhere: a
    /// role, a token, a program, the machine.</summary>
    public AwsCredentials? Keys => KeysOf(Variable, "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
        ?? (Variable("AWS_WEB_IDENTITY_TOKEN_FILE") is null && Entry("role_arn") is null
            ? KeysOf(Entry, "aws_access_key_id", "aws_secret_access_key", "aws_session_token")
            : null);

    /// <summary>Returns a variable of the environment.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Its value; <see langword="null"/> when it is not set or empty.</returns>
    public string? Variable(string name) => _variable(name) is { Length: > 0 } value ? value : null;

    private static AwsCredentials? KeysOf(Func<string, string?> find, string id, string secret, string token)
        => find(id) is { } key && find(secret) is { } password ? new AwsCredentials(key, password, find(token)) : null;

    private string? Entry(string name) => _entries.Value.GetValueOrDefault(name);

    private Dictionary<string, string> ReadEntries()
    {
        var home = Variable("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        Read(Variable("AWS_CONFIG_FILE") ?? Path.Combine(home, ".aws", "config"), Name == "default" ? Name : $"profile {Name}", entries);

        // Keys in both files: those of the second count.
        Read(Variable("AWS_SHARED_CREDENTIALS_FILE") ?? Path.Combine(home, ".aws", "credentials"), Name, entries);
        return entries;
    }

    private static void Read(string path, string section, Dictionary<string, string> entries)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return;
        }

        var isWanted = false;
        foreach (var line in lines)
        {
            var text = line.Trim();
            if (text.StartsWith('[') && text.EndsWith(']'))
            {
                isWanted = text[1..^1].Trim() == section;
            }
            else if (isWanted && !text.StartsWith('#') && !char.IsWhiteSpace(line[..1].FirstOrDefault())
                && text.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
            {
                entries[text[..equals].TrimEnd()] = text[(equals + 1)..].TrimStart();
            }
        }
    }
}
