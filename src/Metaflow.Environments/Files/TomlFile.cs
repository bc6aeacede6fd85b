using Metaflow.Errors;
using Tomlyn;
using Tomlyn.Model;
using Tomlyn.Parsing;

namespace Metaflow.Environments.Files;

/// <summary>The tables of a file in TOML, with errors that name what is wrong by its key.</summary>
/// <param name="file">The file.</param>
/// <param name="path">The key of the table, such as <c>tool.uv</c>; empty for the whole file.</param>
/// <param name="table">The table.</param>
internal sealed class TomlFile(InputFile file, string path, TomlTable table)
{
    /// <summary>Gets the keys of the table.</summary>
    public IEnumerable<string> Keys => table.Keys;

    /// <summary>Reads a file.</summary>
    /// <param name="file">The file.</param>
    /// <returns>Its table.</returns>
    /// <exception cref="ConfigurationException">It is not TOML (MF7115).</exception>
    public static TomlFile Parse(InputFile file)
    {
        try
        {
            // The model alone lets the last of several values of a key win.
            SyntaxParser.ParseStrict(file.Text, file.Name, validate: true);
            return new TomlFile(file, "", TomlSerializer.Deserialize<TomlTable>(file.Text) ?? []);
        }
        catch (TomlException error)
        {
            throw new ConfigurationException(
                ErrorCodes.InputMalformed,
                $"'{file.Name}' is not TOML.",
                Sentence.Of(Shortened.Of(error.Message)),
                $"Correct the file{(error.Line is { } line ? $" in line {line}" : "")}.",
                error);
        }
    }

    /// <summary>Returns a table in this one.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>The table; an empty one if there is none.</returns>
    public TomlFile Table(string key) => new(file, PathOf(key), Value<TomlTable>(key, "a table") ?? []);

    /// <summary>Returns the tables of a list.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>The tables; none if there is no such list.</returns>
    public IEnumerable<TomlFile> Tables(string key)
    {
        if (!table.TryGetValue(key, out var value))
        {
            return [];
        }

        var items = value switch
        {
            TomlTableArray tables => tables.AsEnumerable<object?>(),
            TomlArray array => array,
            _ => throw Wrong(key, "a list of tables"),
        };
        return items.Select((item, index) => item is TomlTable one
            ? new TomlFile(file, $"{PathOf(key)}[{index}]", one)
            : throw Wrong($"{key}[{index}]", "a table"));
    }

    /// <summary>Returns a text.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>The text; <see langword="null"/> if there is none.</returns>
    public string? Text(string key) => Value<string>(key, "a text");

    /// <summary>Returns a whole number.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>The number; <see langword="null"/> if there is none.</returns>
    public long? Number(string key)
        => !table.TryGetValue(key, out var value) ? null : value as long? ?? throw Wrong(key, "a whole number");

    /// <summary>Returns the texts of a list.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>The texts; none if there is no such list.</returns>
    public IEnumerable<string> Texts(string key)
        => (Value<TomlArray>(key, "a list of texts") ?? [])
            .Select((item, index) => item as string ?? throw Wrong($"{key}[{index}]", "a text"));

    /// <summary>Returns the error that a value is wrong.</summary>
    /// <param name="key">Its key in this table.</param>
    /// <param name="expected">What it must be, such as <c>a list of texts</c>.</param>
    /// <returns>The error.</returns>
    public ConfigurationException Wrong(string key, string expected)
        => new(
            ErrorCodes.InputMalformed,
            $"'{Shortened.Of(PathOf(key))}' in '{file.Name}' is not {expected}.",
            $"The format demands {expected} there.",
            "Correct the value.");

    private T? Value<T>(string key, string expected)
        where T : class
        => !table.TryGetValue(key, out var value) ? null : value as T ?? throw Wrong(key, expected);

    private string PathOf(string key) => path.Length == 0 ? key : $"{path}.{key}";
}
