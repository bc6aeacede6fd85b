using System.Globalization;

namespace Metaflow.Python.PyPI.Tags;

/// <summary>The tags of platforms of macOS.</summary>
internal static class MacTags
{
    private const string Intel = "x86_64";
    private const string BothProcessors = "universal2";

    // The numbers of macOS 10; with 11 the first number began to count.
    private const int LastOfTen = 16;
    private const int FirstWithIntel64 = 4;

    /// <summary>Returns the tags whose wheels a machine runs.</summary>
    /// <param name="machine">The processor: <c>x86_64</c> or <c>arm64</c>.</param>
    /// <param name="version">The version of macOS.</param>
    /// <returns>The tags, those for the latest version first.</returns>
    public static IReadOnlyList<string> Of(string machine, LibraryVersion version)
    {
        string[] formats = machine == Intel ? [Intel, "intel", "fat64", "fat32", BothProcessors, "universal"]
            : machine == "arm64" ? [machine, BothProcessors] : [machine];
        var tags = new List<string>();
        for (var major = version.Major; major >= 11; major--)
        {
            tags.AddRange(formats.Select(format => Tag(major, 0, format)));
        }

        // What was made for macOS 10 runs on Apple's own processors only if it has code for both.
        string[] former = machine == Intel ? formats : [BothProcessors];
        for (var minor = version.Major == 10 ? version.Minor : LastOfTen; minor >= (version.Major == 10 ? 0 : FirstWithIntel64); minor--)
        {
            var fitting = minor >= FirstWithIntel64 || machine != Intel ? former : [];
            tags.AddRange(fitting.Select(format => Tag(10, minor, format)));
        }

        return tags;
    }

    private static string Tag(int major, int minor, string format)
        => string.Create(CultureInfo.InvariantCulture, $"macosx_{major}_{minor}_{format}");
}
