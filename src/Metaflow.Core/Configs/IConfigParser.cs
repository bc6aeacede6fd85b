using Metaflow.Definition;

namespace Metaflow.Configs;

/// <summary>Reads the files of configurations in one format. It is used only before a run, never by a task. A plug-in adds it under the
/// name of the format.</summary>
public interface IConfigParser
{
    /// <summary>Returns true if files of an extension are in this format.</summary>
    /// <param name="extension">The extension with its dot, in lower case, such as <c>.yaml</c>.</param>
    /// <returns>Whether they are.</returns>
    bool Reads(string extension);

    /// <summary>Reads a file's text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Plain data: <see cref="Dictionary{TKey, TValue}"/> of texts and objects, <see cref="List{T}"/> of objects,
    /// <see cref="string"/>, <see cref="long"/> (<see cref="System.Numerics.BigInteger"/> where that is too small), <see cref="double"/>,
    /// <see cref="bool"/> or <see langword="null"/>.</returns>
    /// <exception cref="FormatException">The text is wrong; the message says where.</exception>
    object? Parse(string text);
}

/// <summary>A parser that returns the place of each value in the text, so that errors can name the place, and that keeps numbers as the
/// user wrote them.</summary>
public interface IConfigTreeParser : IConfigParser
{
    /// <summary>Reads a file's text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The tree; <see cref="ConfigNodeKind.Null"/> for a text without a value.</returns>
    /// <exception cref="FormatException">The text is wrong; the message says where.</exception>
    ConfigNode ParseTree(string text);
}

/// <summary>Another source of configurations, for example the configuration of a host. Options and environment variables take
/// precedence.</summary>
public interface IConfigSource
{
    /// <summary>Finds a configuration.</summary>
    /// <param name="config">The configuration.</param>
    /// <returns>Plain data as <see cref="IConfigParser.Parse"/> returns it, or a <see cref="ConfigNode"/>, or <see langword="null"/> if
    /// there is none.</returns>
    object? Find(ConfigDefinition config);
}

/// <summary>The sources of the configurations of a run, as the user gave them.</summary>
public sealed record ConfigRequest
{
    /// <summary>Gets an empty request.</summary>
    public static ConfigRequest None { get; } = new();

    /// <summary>Gets the paths of files by the configuration's name.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets values as JSON text by the configuration's name.</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets another source, or <see langword="null"/>.</summary>
    public IConfigSource? Source { get; init; }

    /// <summary>Gets the formats of files besides JSON. A file is JSON if no parser reads it. If no formats are given, those of plug-ins
    /// are used, including YAML.</summary>
    public IReadOnlyList<IConfigParser> Parsers { get; init; } = [];
}
