using Metaflow.Aws.Signing;

namespace Metaflow.Aws.Credentials;

/// <summary>What the variables and files of AWS's own tools say: <c>~/.aws/credentials</c> and <c>~/.aws/config</c>.</summary>
/// <remarks>Source: "Configuration and credential file settings" of the guide to AWS's command line.</remarks>
internal sealed class AwsProfile
{
    private readonly Func<string, string?> _variable;
    private readonly Lazy<Dictionary<string, string>> _entries;

    /// <summary>Initializes a profile.</summary>
    /// <param name="variable">Returns a variable of the environment.</param>
    /// <param name="name">Its name; the one that the variables choose by default.</param>
    public AwsProfile(Func<string, string?> variable, string? name = null)
    {
        _variable = variable;
        Name = name ?? Variable("AWS_PROFILE") ?? Variable("AWS_DEFAULT_PROFILE") ?? "default";
        _entries = new Lazy<Dictionary<string, string>>(ReadEntries);
    }

    /// <summary>Gets the profile of this process.</summary>
    public static AwsProfile OfProcess => new(Environment.GetEnvironmentVariable);

    /// <summary>Gets its name.</summary>
    public string Name { get; }

    /// <summary>Gets the region; <see langword="null"/> when none is set.</summary>
    public string? Region => Variable("AWS_REGION") ?? Variable("AWS_DEFAULT_REGION") ?? Entry("region");

    /// <summary>Gets the keys that the variables have.</summary>
    public AwsCredentials? KeysOfVariables => KeysOf(Variable, "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN");

    /// <summary>Gets the keys that the files have.</summary>
    public AwsCredentials? KeysOfFiles => KeysOf(Entry, "aws_access_key_id", "aws_secret_access_key", "aws_session_token");

    /// <summary>Gets a value indicating whether the files have it.</summary>
    public bool Exists => _entries.Value.Count > 0;

    /// <summary>Returns another profile of the same files.</summary>
    /// <param name="name">Its name.</param>
    public AwsProfile Other(string name) => new(_variable, name);

    /// <summary>Returns a variable of the environment.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Its value; <see langword="null"/> when it is not set or empty.</returns>
    public string? Variable(string name) => _variable(name) is { Length: > 0 } value ? value : null;

    /// <summary>Returns what the files say of something.</summary>
    /// <param name="name">The name of the entry.</param>
    /// <returns>Its value; <see langword="null"/> when it is missing or empty.</returns>
    public string? Entry(string name) => _entries.Value.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    /// <summary>Returns what the configuration file says of something in a section that profiles share.</summary>
    /// <param name="section">The section, such as <c>sso-session work</c>.</param>
    /// <param name="name">The name of the entry.</param>
    public string? SharedEntry(string section, string name)
    {
        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        Read(ConfigFile, section, entries);
        return entries.GetValueOrDefault(name);
    }

    /// <summary>Gets the folder of AWS's files.</summary>
    public string Folder => Path.Combine(Variable("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".aws");

    private string ConfigFile => Variable("AWS_CONFIG_FILE") ?? Path.Combine(Folder, "config");

    private static AwsCredentials? KeysOf(Func<string, string?> find, string id, string secret, string token)
        => find(id) is { } key && find(secret) is { } password ? new AwsCredentials(key, password, find(token)) : null;

    private Dictionary<string, string> ReadEntries()
    {
        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        Read(ConfigFile, Name == "default" ? Name : $"profile {Name}", entries);

        // Keys in both files: those of the second count.
        Read(Variable("AWS_SHARED_CREDENTIALS_FILE") ?? Path.Combine(Folder, "credentials"), Name, entries);
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
                isWanted = NameOf(text[1..^1]) == section;
            }
            else if (isWanted && text.Length > 0 && text[0] is not ('#' or ';') && !char.IsWhiteSpace(line[0])
                && text.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
            {
                entries[text[..equals].TrimEnd().ToLowerInvariant()] = text[(equals + 1)..].TrimStart();
            }
        }
    }

    // [profile default] and [default] are the same, and names with blanks are quoted.
    private static string NameOf(string section)
    {
        var name = section.Replace("\"", "", StringComparison.Ordinal).Trim();
        return name == "profile default" ? "default" : name;
    }
}
