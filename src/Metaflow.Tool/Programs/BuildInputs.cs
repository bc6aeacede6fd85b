using System.Text.RegularExpressions;

namespace Metaflow.Tool.Programs;

/// <summary>Finds the files that the build of a program may read. Too many do no harm: the program is then built once too
/// often.</summary>
internal static partial class BuildInputs
{
    private static readonly string[] Upwards =
    [
        "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json", "nuget.config", "NuGet.config",
        "NuGet.Config", ".editorconfig",
    ];

    /// <summary>Returns the folders whose files all count: that of a project and those of the projects that it refers to.</summary>
    /// <param name="target">The program.</param>
    public static IReadOnlyList<string> FoldersOf(FlowTarget target)
    {
        var folders = new HashSet<string>(StringComparer.Ordinal);
        var left = new Queue<string>([target.Path]);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (left.TryDequeue(out var path))
        {
            if (!seen.Add(path) || !File.Exists(path))
            {
                continue;
            }

            var folder = Path.GetDirectoryName(path)!;
            if (path.EndsWith("proj", StringComparison.OrdinalIgnoreCase))
            {
                folders.Add(folder);
            }

            foreach (Match match in Reference().Matches(File.ReadAllText(path)))
            {
                var referred = Path.GetFullPath(match.Groups[1].Value.Trim().Replace('\\', Path.DirectorySeparatorChar), folder);
                left.Enqueue(Directory.Exists(referred) ? Directory.GetFiles(referred, "*.csproj").FirstOrDefault(referred) : referred);
            }
        }

        return [.. folders];
    }

    /// <summary>Returns the files of folders, without what builds and runs write.</summary>
    /// <param name="folders">The folders.</param>
    public static IEnumerable<string> In(IEnumerable<string> folders)
        => folders.SelectMany(static folder => In(new DirectoryInfo(folder)));

    /// <summary>Returns the files that a build looks for in a folder and in all above it, whether they are there or not.</summary>
    /// <param name="folder">The folder.</param>
    public static IEnumerable<string> Above(string folder)
    {
        for (var current = folder; current is not null; current = Path.GetDirectoryName(current))
        {
            foreach (var name in Upwards)
            {
                yield return Path.Combine(current, name);
            }
        }
    }

    private static IEnumerable<string> In(DirectoryInfo folder)
        => folder.EnumerateFiles().Select(static file => file.FullName).Concat(
            folder.EnumerateDirectories().Where(static child => !child.Name.StartsWith('.') && child.Name is not ("bin" or "obj"))
                .SelectMany(In));

    [GeneratedRegex("""(?:<ProjectReference\s+Include="|^#:project\s+)([^"\n]+)""", RegexOptions.Multiline)]
    private static partial Regex Reference();
}
