using Metaflow.Cli.Parsing;
using Metaflow.Commands;
using Metaflow.Errors;

namespace Metaflow.Tool.Tutorials;

/// <summary>The tutorials that the tool carries with it.</summary>
internal static class TutorialCatalogue
{
    private const string Root = "tutorials/";
    private const string ReadmeName = "README.md";

    /// <summary>Gets the episodes by name.</summary>
    public static IReadOnlyList<Episode> Episodes
        => [.. Files.Where(static file => file.Contains('/', StringComparison.Ordinal) && char.IsAsciiDigit(file[0]))
            .GroupBy(static file => file.Split('/')[0]).OrderBy(static group => group.Key, StringComparer.Ordinal)
            .Select(static group => Make(group.Key, [.. group]))];

    /// <summary>Gets the files that several episodes use.</summary>
    public static IReadOnlyList<string> SharedFiles => [.. Files.Except(Episodes.SelectMany(static episode => episode.Files))];

    private static IEnumerable<string> Files => typeof(TutorialCatalogue).Assembly.GetManifestResourceNames()
        .Where(static name => name.StartsWith(Root, StringComparison.Ordinal))
        .Select(static name => name[Root.Length..]).Order(StringComparer.Ordinal);

    /// <summary>Opens a file.</summary>
    /// <param name="file">Its path relative to the tutorials' folder.</param>
    public static Stream Open(string file) => typeof(TutorialCatalogue).Assembly.GetManifestResourceStream(Root + file)!;

    /// <summary>Returns an episode.</summary>
    /// <param name="name">Its name, or only its number.</param>
    /// <exception cref="ConfigurationException">MF2004: there is none of this name.</exception>
    public static Episode Find(string name)
        => Episodes.FirstOrDefault(
            episode => episode.Name == name || (name.Length > 0 && episode.Name.Split('-')[0] == name.PadLeft(2, '0')))
            ?? throw UsageErrors.UnknownArgument("EPISODE", name, [.. Episodes.Select(static episode => episode.Name)]);

    /// <summary>Reads a file as text.</summary>
    public static string Text(string file)
    {
        using var reader = new StreamReader(Open(file));
        return reader.ReadToEnd();
    }

    private static Episode Make(string name, IReadOnlyList<string> files)
    {
        var readme = files.Contains($"{name}/{ReadmeName}") ? Text($"{name}/{ReadmeName}") : "";
        var title = readme.Split('\n')[0].TrimStart('#').Trim();
        return new Episode(name, title.Length == 0 ? name : title, readme, files);
    }
}
