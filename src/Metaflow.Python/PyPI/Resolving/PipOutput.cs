using System.Text.RegularExpressions;

namespace Metaflow.Python.PyPI.Resolving;

/// <summary>Finds in the output of pip the lines that say what went wrong.</summary>
internal static partial class PipOutput
{
    private const int MostLines = 24;
    private const int MostLinesOfBuild = 6;
    private const int LongestLine = 400;

    // pip repeats what it says at the end, and names pages.
    private static readonly string[] Noise =
    [
        "ResolutionImpossible", "[notice]", "note: This error originates", "hint: See above", "note: This is an issue with the package",
        "To fix this you could", "loosen the range", "remove package versions", "A new release of pip",
    ];

    /// <summary>Returns the essential lines of an output.</summary>
    /// <param name="lines">The lines of the standard output and of errors, as they came.</param>
    /// <returns>Some lines, without credentials.</returns>
    public static IReadOnlyList<string> Essence(IReadOnlyList<string> lines)
    {
        var clean = lines.Select(static line => Colours().Replace(line, "").TrimEnd()).ToList();
        var essence = new List<string>();
        for (var i = 0; i < clean.Count; i++)
        {
            if (clean[i].StartsWith("The conflict is caused by:", StringComparison.Ordinal))
            {
                i = AddBlock(clean, i, essence);
            }
            else if (clean[i].Contains("lines of output]", StringComparison.Ordinal))
            {
                i = AddBuild(clean, i + 1, essence);
            }
            else if (IsError(clean[i]))
            {
                essence.Add(WithoutLabel(clean[i]));
            }
        }

        AddConnection(clean, essence);

        // What failed without saying so in pip's own way: the last lines then say most.
        var chosen = essence.Count > 0 ? essence : clean.Where(static line => line.Length > 0).TakeLast(MostLinesOfBuild);
        var shown = chosen.Where(static line => !Noise.Any(noise => line.Contains(noise, StringComparison.Ordinal)))
            .Select(static line => WithoutCredentials(Shorten(line))).Distinct().Take(MostLines).ToList();
        return shown.Count > 0 ? shown : ["pip printed nothing."];
    }

    /// <summary>Returns a text without the user names and passwords of addresses.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The text with <c>****</c> instead.</returns>
    public static string WithoutCredentials(string text) => Credentials().Replace(text, "$1****@");

    private static bool IsError(string line)
        => line.StartsWith("ERROR:", StringComparison.OrdinalIgnoreCase) || line.TrimStart().StartsWith('×')
            || line.StartsWith("pip: error:", StringComparison.Ordinal) || Usage().IsMatch(line);

    private static string WithoutLabel(string line) => Label().Replace(line, "").TrimStart('×', ' ');

    private static int AddBlock(List<string> lines, int start, List<string> essence)
    {
        var i = start;
        for (; i < lines.Count && lines[i].Length > 0; i++)
        {
            essence.Add(lines[i]);
        }

        return i;
    }

    // The end of what a build printed says most: the error of Python or of a compiler.
    private static int AddBuild(List<string> lines, int start, List<string> essence)
    {
        var end = lines.FindIndex(start, static line => line.Contains("[end of output]", StringComparison.Ordinal));
        end = end < 0 ? lines.Count : end;
        essence.AddRange(lines.Take(start..end).Where(static line => line.Trim(' ', '│').Length > 0).TakeLast(MostLinesOfBuild));
        return end;
    }

    // An index that cannot be reached looks like one that has nothing.
    private static void AddConnection(List<string> lines, List<string> essence)
    {
        if (lines.FindLast(static line => line.Contains("after connection broken by", StringComparison.Ordinal)) is { } broken)
        {
            essence.Insert(0, WithoutLabel(broken));
        }

        if (lines.Find(static line => line.StartsWith("WARNING: ", StringComparison.Ordinal)
            && (line.Contains("not a trusted", StringComparison.Ordinal) || line.Contains("Could not fetch URL", StringComparison.Ordinal)
                || line.Contains("401 Error", StringComparison.Ordinal))) is { } refused)
        {
            essence.Insert(0, WithoutLabel(refused));
        }
    }

    // A list of all versions of a package can have hundreds: the last ones are the latest.
    private static string Shorten(string line)
    {
        if (line.Length <= LongestLine)
        {
            return line;
        }

        const int Begin = 160;
        return $"{line[..Begin]} … {line[^(LongestLine - Begin)..]}";
    }

    [GeneratedRegex(@"([a-z][a-z0-9+.-]*://)[^/@\s'""]*@", RegexOptions.IgnoreCase)]
    private static partial Regex Credentials();

    [GeneratedRegex(@"\x1b\[[0-9;]*[A-Za-z]")]
    private static partial Regex Colours();

    [GeneratedRegex(@"^\s*(ERROR|WARNING|error):\s*")]
    private static partial Regex Label();

    [GeneratedRegex(@"^(no such option|\S+: error):")]
    private static partial Regex Usage();
}
