using System.Globalization;
using System.Text.Json;
using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Settings;

/// <summary>Reads settings as their types; what does not fit is an error that names the setting and where it was set.</summary>
/// <param name="values">All settings by name.</param>
/// <param name="origins">Where each was set: a file, or <c>environment</c>.</param>
internal sealed class SettingReader(IReadOnlyDictionary<string, string> values, IReadOnlyDictionary<string, string> origins)
{
    /// <summary>Returns a text, or <see langword="null"/> when it is not set or empty.</summary>
    public string? Text(string name) => values.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    /// <summary>Returns a flag. As in the reference, only <c>0</c>, <c>false</c> and the empty text mean no.</summary>
    public bool Flag(string name, bool otherwise)
        => values.TryGetValue(name, out var value) ? value is not ("" or "0") && !value.Equals("false", StringComparison.OrdinalIgnoreCase) : otherwise;

    /// <summary>Returns a whole number from 0 on.</summary>
    /// <exception cref="ConfigurationException">MF2105: it is none.</exception>
    public int Number(string name, int otherwise) => Text(name) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw Wrong(name, text, $"a whole number from 0 to {int.MaxValue}", "30");

    /// <summary>Returns the texts of a JSON object; nothing when it is not set.</summary>
    /// <exception cref="ConfigurationException">MF2105: it is none.</exception>
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
                ? json.RootElement.EnumerateObject().ToDictionary(static entry => entry.Name, static entry => entry.Value.ToString(), StringComparer.Ordinal)
                : throw Wrong(name, text, "a JSON object", Example);
        }
        catch (JsonException)
        {
            throw Wrong(name, text, "a JSON object", Example);
        }
    }

    /// <summary>Returns one of some texts.</summary>
    /// <exception cref="ConfigurationException">MF2004: it is none of them.</exception>
    public string Choice(string name, IReadOnlyList<string> choices, string why) => (Text(name) ?? choices[0]) is var chosen && choices.Contains(chosen) ? chosen : throw new ConfigurationException(
        ErrorCodes.InvalidValue,
        $"Invalid value for '{name}': invalid choice: {chosen}. (choose from {string.Join(", ", choices.Select(static choice => $"'{choice}'"))})",
        why,
        $"It is set in {Origin(name)}. {(ClosestName.Find(chosen, choices) is { } near ? $"Did you mean '{near}'? " : "")}Set it to {string.Join(" or ", choices.Select(static choice => $"'{choice}'"))}, or unset it.")
    { ExitCode = ExitCodes.Usage };

    private ConfigurationException Wrong(string name, string text, string expected, string example) => new(
        ErrorCodes.InvalidSetting,
        $"The setting '{name}' cannot be '{text}'.",
        $"It has to be {expected}. It is set in {Origin(name)}.",
        $"Correct it there, as {example}, or unset it.")
    { ExitCode = ExitCodes.Usage };

    private string Origin(string name) => origins.GetValueOrDefault(name) is { } file and not SettingsFile.EnvironmentOrigin ? $"the file '{file}'" : "the environment";
}
