using System.Globalization;
using System.Text.Json;
using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Plugins;
using Metaflow.Storage;

namespace Metaflow.Settings;

/// <summary>Reads settings as their types. An invalid value is an error that names the setting and where it was set.</summary>
/// <remarks>Plug-ins use it for their settings: stores with <see cref="Of(StoreOptions)"/>, decorators in tasks with
/// <see cref="OfProcess"/>.</remarks>
public sealed class SettingReader
{
    private static readonly AsyncLocal<IReadOnlyDictionary<string, string>?> OfTask = new();

    private readonly Func<string, string?> _value;
    private readonly Func<string, string?> _origin;

    /// <summary>Reads settings.</summary>
    /// <param name="values">All settings by name.</param>
    /// <param name="origins">Where each was set: a file, or <c>environment</c>.</param>
    internal SettingReader(IReadOnlyDictionary<string, string> values, IReadOnlyDictionary<string, string> origins)
        : this(values.GetValueOrDefault, origins.GetValueOrDefault)
    {
    }

    private SettingReader(Func<string, string?> value, Func<string, string?> origin)
    {
        _value = value;
        _origin = origin;
    }

    /// <summary>Returns a reader of the options of a store or a metadata provider.</summary>
    /// <param name="options">The options.</param>
    /// <returns>The reader.</returns>
    public static SettingReader Of(StoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new SettingReader(options.Read, options.OriginOf);
    }

    /// <summary>Returns a reader of loaded settings.</summary>
    /// <param name="settings">The settings.</param>
    /// <returns>The reader.</returns>
    public static SettingReader Of(MetaflowSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new SettingReader(settings.Environment, settings.Origins);
    }

    /// <summary>Returns a reader of this process's environment: in a task it has all settings that are for tasks.</summary>
    /// <returns>The reader.</returns>
    public static SettingReader OfProcess()
    {
        var environment = SettingsLoader.ProcessEnvironment();
        return new SettingReader(name => OfTask.Value?.GetValueOrDefault(name) ?? environment.GetValueOrDefault(name), static _ => null);
    }

    /// <summary>Gives a task that shares its process with others the settings that a task with a process of its own finds in its
    /// environment. They are for the calling code, and for all that it calls.</summary>
    /// <param name="variables">The variables that the task's own process would have.</param>
    internal static void EnterTask(IReadOnlyDictionary<string, string> variables)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in SettingTable.OfTasks)
        {
            if (variables.TryGetValue(name, out var value))
            {
                settings[name] = value;
            }
        }

        OfTask.Value = settings;
    }

    /// <summary>Returns a text.</summary>
    /// <param name="name">The setting's name.</param>
    /// <returns>The text, or <see langword="null"/> if it is not set or empty.</returns>
    public string? Text(string name) => _value(name) is { Length: > 0 } value ? value : null;

    /// <summary>Returns the name of a folder.</summary>
    /// <param name="name">The setting's name.</param>
    /// <returns>The name, or <see langword="null"/> if it is not set or empty.</returns>
    /// <exception cref="ConfigurationException">MF2105: it is an address in a cloud, or almost one.</exception>
    internal string? Folder(string name)
    {
        var folder = Text(name);
        if (folder is not null)
        {
            GivenFolder.CheckSetting(name, folder);
        }

        return folder;
    }

    /// <summary>Returns a flag. As in Python Metaflow, only <c>0</c>, <c>false</c> and the empty text mean no.</summary>
    /// <param name="name">The setting's name.</param>
    /// <param name="otherwise">The value if it is not set.</param>
    /// <returns>The flag.</returns>
    public bool Flag(string name, bool otherwise)
        => _value(name) is { } value ? value is not ("" or "0") && !value.Equals("false", StringComparison.OrdinalIgnoreCase) : otherwise;

    /// <summary>Returns a whole number, 0 or more.</summary>
    /// <param name="name">The setting's name.</param>
    /// <param name="otherwise">The value if it is not set.</param>
    /// <returns>The number.</returns>
    /// <exception cref="ConfigurationException">MF2105: the value is invalid.</exception>
    public int Number(string name, int otherwise) => Text(name) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw Wrong(name, text, $"a whole number from 0 to {int.MaxValue}", "30");

    /// <summary>Returns the texts of a JSON object.</summary>
    /// <param name="name">The setting's name.</param>
    /// <returns>The texts by key; none when it is not set.</returns>
    /// <exception cref="ConfigurationException">MF2105: the value is invalid.</exception>
    public IReadOnlyDictionary<string, string> Map(string name)
    {
        const string Example = """{"Email": "ada@example.com"}""";
        if (Text(name) is not { } text)
        {
            return new Dictionary<string, string>();
        }

        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? json.RootElement.EnumerateObject().ToDictionary(
                    static entry => entry.Name, static entry => entry.Value.ToString(), StringComparer.Ordinal)
                : throw Wrong(name, text, "a JSON object", Example);
        }
        catch (JsonException)
        {
            throw Wrong(name, text, "a JSON object", Example);
        }
    }

    /// <summary>Returns one of some texts.</summary>
    /// <param name="name">The setting's name.</param>
    /// <param name="choices">The texts; the first one is the default.</param>
    /// <param name="why">Why there are no others, as a sentence.</param>
    /// <returns>The text.</returns>
    /// <exception cref="ConfigurationException">MF2004: it is not one of them.</exception>
    public string Choice(string name, IReadOnlyList<string> choices, string why)
        => (Text(name) ?? choices[0]) is var chosen && choices.Contains(chosen) ? chosen : throw new ConfigurationException(
            ErrorCodes.InvalidValue,
            $"Invalid value for '{name}': invalid choice: {chosen}. (choose from "
                + $"{string.Join(", ", choices.Select(static choice => $"'{choice}'"))})",
            why,
            $"{(KnownPackages.RemedyOf(chosen) is { } remedy ? remedy + " " : "")}It is set in {Origin(name)}. "
                + $"{(ClosestName.Find(chosen, choices) is { } near ? $"Did you mean '{near}'? " : "")}Set it to "
                + $"{string.Join(" or ", choices.Select(static choice => $"'{choice}'"))}, or unset it.")
        { ExitCode = ExitCodes.Usage };

    /// <summary>Refuses a value that is not of the setting's kind.</summary>
    /// <exception cref="ConfigurationException">MF2105: it is not.</exception>
    internal void Check(SettingDescription setting)
    {
        if (setting.Kind is SettingKind.Text or SettingKind.Flag || Text(setting.Name) is null)
        {
            return;
        }

        try
        {
            _ = setting.Kind == SettingKind.Number ? Number(setting.Name, 0) : Map(setting.Name).Count;
        }
        catch (ConfigurationException error)
        {
            var otherwise = setting.Default is { } value ? $"Without it, '{value}' counts." : "";
            throw new ConfigurationException(
                error.Code, error.What, $"{setting.Description} {error.Why}", $"{error.Fix} {otherwise}".TrimEnd())
            {
                ExitCode = ExitCodes.Usage,
            };
        }
    }

    /// <summary>Returns the error of a value that a setting cannot have.</summary>
    /// <param name="name">The setting's name.</param>
    /// <param name="text">The value.</param>
    /// <param name="expected">What it has to be.</param>
    /// <param name="example">Such a value.</param>
    /// <returns>The error (MF2105).</returns>
    internal ConfigurationException Wrong(string name, string text, string expected, string example) => new(
        ErrorCodes.InvalidSetting,
        $"The setting '{name}' cannot be '{text}'.",
        $"It must be {expected}. It is set in {Origin(name)}.",
        $"Correct it there, for example {example}, or unset it.")
    { ExitCode = ExitCodes.Usage };

    private string Origin(string name)
        => _origin(name) is { } file and not SettingsFile.EnvironmentOrigin ? $"the file '{file}'" : "the environment";
}
