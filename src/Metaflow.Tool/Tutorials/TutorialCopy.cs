using Metaflow.Settings;

namespace Metaflow.Tool.Tutorials;

/// <summary>Copies tutorials out of the tool, so that they run with the package instead of this repository's sources.</summary>
internal static class TutorialCopy
{
    // The samples of the repository refer to its projects, and share their data with other samples.
    private const string Projects = """
        <Project>
          <!-- Without this the SDK fetches the native compiler, 300 MB, which no run needs. -->
          <PropertyGroup>
            <PublishAot>false</PublishAot>
          </PropertyGroup>
        </Project>

        """;

    /// <summary>Returns the files of a copy: paths relative to the target, and what writes them.</summary>
    /// <param name="episodes">The episodes wanted.</param>
    public static IReadOnlyDictionary<string, Action<Stream>> Files(IEnumerable<Episode> episodes)
    {
        var files = new SortedDictionary<string, Action<Stream>>(StringComparer.Ordinal)
        {
            ["Directory.Build.props"] = static stream => Write(stream, Projects),
        };
        foreach (var file in TutorialCatalogue.SharedFiles.Concat(episodes.SelectMany(static episode => episode.Files)))
        {
            files[file] = Path.GetExtension(file) is ".cs" or ".md"
                ? stream => Write(stream, Adapt(TutorialCatalogue.Text(file)))
                : stream => Copy(file, stream);
        }

        return files;
    }

    private static string Adapt(string text)
    {
        var lines = text.Split('\n')
            .Select(static line => line.StartsWith("#:project ", StringComparison.Ordinal)
                && line.TrimEnd().EndsWith("/Metaflow.csproj", StringComparison.Ordinal)
                ? $"#:package Metaflow@{ProductVersion.Text}"
                : line);
        return string.Join('\n', lines).Replace("../../data/", "../data/", StringComparison.Ordinal).Replace(
            "`../data/", "`data/", StringComparison.Ordinal);
    }

    private static void Copy(string file, Stream target)
    {
        using var content = TutorialCatalogue.Open(file);
        content.CopyTo(target);
    }

    private static void Write(Stream stream, string text) => stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
}
