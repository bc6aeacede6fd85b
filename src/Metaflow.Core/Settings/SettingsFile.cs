using System.Text.Json;
using Metaflow.Errors;
using Metaflow.Platform;

namespace Metaflow.Settings;

/// <summary>Reads the files that hold settings: flat JSON objects whose keys are names of environment variables.</summary>
internal static class SettingsFile
{
    /// <summary>What stands for the environment where the place of a setting is said.</summary>
    public const string EnvironmentOrigin = "environment";

    private const string FileName = "config.json";
    private const string FolderName = ".metaflowconfig";

    /// <summary>Puts the settings of the files under those of the environment.</summary>
    /// <param name="environment">The environment's variables, which win.</param>
    /// <param name="projectFolder">The nearest <c>.metaflow</c>, whose file comes next, or <see langword="null"/>.</param>
    /// <param name="origins">Receives where each setting comes from: the file, or <see cref="EnvironmentOrigin"/>.</param>
    /// <returns>All settings that begin with <c>METAFLOW_</c>.</returns>
    /// <exception cref="ConfigurationException">MF2020: a file is wrong. MF2021: the profile has no file.</exception>
    public static Dictionary<string, string> Merge(
        IReadOnlyDictionary<string, string> environment, string? projectFolder, Dictionary<string, string> origins)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        if (ProfileFile(environment) is { } profile)
        {
            Read(profile, settings, origins);
        }

        if (projectFolder is not null && Path.Combine(projectFolder, FileName) is var project && File.Exists(project))
        {
            Read(project, settings, origins);
        }

        foreach (var (name, value) in environment)
        {
            if (name.StartsWith("METAFLOW_", StringComparison.Ordinal))
            {
                settings[name] = value;
                origins[name] = EnvironmentOrigin;
            }
        }

        return settings;
    }

    /// <summary>Returns the file of a profile, whether it exists or not.</summary>
    /// <param name="environment">The environment's variables.</param>
    /// <param name="profile">The profile; <see langword="null"/> for the one without a name.</param>
    /// <returns>The absolute path, or <see langword="null"/> when the user has no home.</returns>
    public static string? PathOf(IReadOnlyDictionary<string, string> environment, string? profile)
        => HomeOf(environment) is { } home
            ? Path.GetFullPath(Path.Combine(home, profile is null ? FileName : $"config_{profile}.json"))
            : null;

    private static string? HomeOf(IReadOnlyDictionary<string, string> environment)
        => (Value(environment, SettingNames.Home) is { } given ? UserPath.WithHome(given) : null)
            ?? ((Value(environment, "HOME") ?? Value(environment, "USERPROFILE")) is { } user ? Path.Combine(user, FolderName) : null);

    // Without a home there is no file: only what is handed in counts, so that tests see nothing of the machine.
    private static string? ProfileFile(IReadOnlyDictionary<string, string> environment)
    {
        var home = HomeOf(environment);
        var profile = Value(environment, SettingNames.Profile);
        if (home is null)
        {
            return profile is null ? null : throw NoProfile(profile, FolderName);
        }

        var file = Path.Combine(home, profile is null ? FileName : $"config_{profile}.json");
        if (File.Exists(file))
        {
            return file;
        }

        return profile is null ? null : throw NoProfile(profile, home);
    }

    private static void Read(string file, Dictionary<string, string> settings, Dictionary<string, string> origins)
    {
        try
        {
            using var document = JsonDocument.Parse(
                UserFile.ReadAllText(file), new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw Invalid(file, "It does not contain a JSON object.");
            }

            foreach (var setting in document.RootElement.EnumerateObject())
            {
                if (setting.Value.ValueKind != JsonValueKind.Null)
                {
                    settings[setting.Name] = setting.Value.ValueKind == JsonValueKind.String
                        ? setting.Value.GetString()!
                        : setting.Value.GetRawText();
                    origins[setting.Name] = file;
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw Invalid(file, Sentence.Of(exception.Message), exception);
        }
    }

    private static string? Value(IReadOnlyDictionary<string, string> environment, string name)
        => environment.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    private static ConfigurationException Invalid(string file, string why, Exception? cause = null) => new(
        ErrorCodes.InvalidSettingsFile,
        $"The settings file '{file}' cannot be used.",
        why,
        "Write a JSON object into it, for example {\"METAFLOW_USER\": \"ada\"}, or remove it.",
        cause);

    private static ConfigurationException NoProfile(string profile, string home) => new(
        ErrorCodes.ProfileNotFound,
        $"Unable to locate METAFLOW_PROFILE '{profile}' in '{home}'.",
        $"There is no file 'config_{profile}.json' in it.",
        "Create the file, or unset METAFLOW_PROFILE.");
}
