using System.Text.Json;
using Metaflow.Cli.Commands;
using Metaflow.Cli.Parsing;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Platform;
using Metaflow.Settings;

namespace Metaflow.Tool.Commands;

/// <summary>The files of profiles: flat JSON objects of settings.</summary>
internal static class Profiles
{
    private const string Start = "config_";
    private const string End = ".json";

    /// <summary>Gets the option that names a profile.</summary>
    public static OptionSpecification Option { get; } = new()
    {
        Name = "profile",
        ValueName = "name",
        Description = "The profile. By default the one that METAFLOW_PROFILE names, else the one without a name.",
    };

    /// <summary>Gets the option that replaces files without a question.</summary>
    public static OptionSpecification Overwrite { get; } = new()
    {
        Name = "overwrite",
        Description = "Replace what is there without asking.",
    };

    /// <summary>Returns the names of the profiles that have a file.</summary>
    public static IReadOnlyList<string> Names(ToolContext context)
        => SettingsLoader.ProfileFile(context.Streams.Environment, null) is { } file
            && Path.GetDirectoryName(file) is { } folder && Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, $"{Start}*{End}")
                .Select(static path => Path.GetFileName(path)[Start.Length..^End.Length]).Order(StringComparer.Ordinal)]
            : [];

    /// <summary>Returns the profile that a command line or the environment names; <see langword="null"/> for the one without a
    /// name.</summary>
    public static string? NameOf(ToolContext context)
        => context.Line.Text(Option.Name)
            ?? (context.Streams.Environment.TryGetValue(SettingNames.Profile, out var name) && name.Length > 0 ? name : null);

    /// <summary>Returns the file of the profile, whether it exists or not.</summary>
    /// <exception cref="ConfigurationException">MF2021: the user has no home. MF2004: the name would be a path.</exception>
    public static string FileOf(ToolContext context)
    {
        var name = NameOf(context);
        if (name is not null && name.AsSpan().ContainsAny('/', '\\'))
        {
            throw UsageErrors.InvalidValue(
                Option.Name,
                $"'{name}' has a slash.",
                $"A profile's name is part of a file's name, '{Start}NAME{End}'. Give a name without a slash.");
        }

        return SettingsLoader.ProfileFile(context.Streams.Environment, name) ?? throw new ConfigurationException(
            ErrorCodes.ProfileNotFound,
            $"There is no place for the settings of the profile '{name ?? "default"}'.",
            "Neither METAFLOW_HOME nor the user's home folder is known.",
            "Set METAFLOW_HOME to a folder.");
    }

    /// <summary>Reads settings.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The settings by name; none when there is no file.</returns>
    /// <exception cref="ConfigurationException">MF2020: it is no JSON object.</exception>
    public static SortedDictionary<string, object?> Read(string path)
    {
        var settings = new SortedDictionary<string, object?>(StringComparer.Ordinal);
        if (!File.Exists(path))
        {
            return settings;
        }

        try
        {
            using var json = JsonDocument.Parse(
                UserFile.ReadAllText(path), new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw Unreadable(path, "It holds no JSON object.");
            }

            foreach (var setting in json.RootElement.EnumerateObject())
            {
                settings[setting.Name] = ToPlain(setting.Value);
            }

            return settings;
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, error.Message, error);
        }
    }

    /// <summary>Writes settings: keys sorted, four blanks of indentation, readable by their owner alone since they may hold
    /// secrets.</summary>
    /// <exception cref="ConfigurationException">MF2104: the file cannot be written.</exception>
    public static void Write(string path, SortedDictionary<string, object?> settings)
    {
        OutputFile.CreateFolderOf(path);
        OutputFile.Write(
            path, stream => stream.Write(System.Text.Encoding.ASCII.GetBytes(Text(settings))), overwrite: true, isPrivate: true);
    }

    /// <summary>Returns settings as text of a file.</summary>
    public static string Text(SortedDictionary<string, object?> settings) => PythonJson.Write(settings) + "\n";

    /// <summary>Returns a value as it is shown.</summary>
    public static string Show(object? value) => value as string ?? PythonJson.WriteLine(value);

    /// <summary>Returns a value as others may see it: without the credentials that may be in it.</summary>
    public static object? Masked(string name, object? value)
        => value is null ? null
            : Show(value) is var shown && ShownSetting.Of(name, shown) is var masked && masked == shown ? value
            : masked;

    private static object? ToPlain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => new JsonNumber(value.GetRawText()),
        JsonValueKind.Array => value.EnumerateArray().Select(ToPlain).ToArray(),
        JsonValueKind.Object => Members(value),
        _ => null,
    };

    // Of members with one name the last counts, as for programs that read the file.
    private static Dictionary<string, object?> Members(JsonElement value)
    {
        var members = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            members[member.Name] = ToPlain(member.Value);
        }

        return members;
    }

    private static ConfigurationException Unreadable(string path, string why, Exception? cause = null) => new(
        ErrorCodes.InvalidSettingsFile,
        $"The settings file '{path}' cannot be used.",
        why.EndsWith('.') ? why : why + ".",
        "Write a JSON object into it, such as {\"METAFLOW_USER\": \"ada\"}, or remove it.",
        cause);

    /// <summary>A number as the file has it: no type of number keeps all of them.</summary>
    private sealed record JsonNumber(string Text)
    {
        public override string ToString() => Text;
    }
}
