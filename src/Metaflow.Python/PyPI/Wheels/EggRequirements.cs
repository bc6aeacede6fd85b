using Metaflow.Python.PyPI.Markers;

namespace Metaflow.Python.PyPI.Wheels;

/// <summary>Reads <c>requires.txt</c>, in which setuptools kept requirements before it wrote them as PEP 508 says.</summary>
internal static class EggRequirements
{
    /// <summary>Reads requirements. A section <c>[extra:marker]</c> says when those below it apply.</summary>
    /// <param name="reader">The text.</param>
    /// <returns>The requirements as PEP 508 writes them.</returns>
    public static IReadOnlyList<string> Read(TextReader reader)
    {
        var requirements = new List<string>();
        var condition = "";
        while (reader.ReadLine() is { } line)
        {
            var text = line.Trim();
            if (text.Length == 0 || text[0] == '#')
            {
                continue;
            }

            if (text[0] == '[' && text[^1] == ']')
            {
                condition = ConditionOf(text[1..^1]);
            }
            else
            {
                requirements.Add(Join(text, condition));
            }
        }

        return requirements;
    }

    private static string ConditionOf(string section)
    {
        var colon = section.IndexOf(':', StringComparison.Ordinal);
        var extra = (colon < 0 ? section : section[..colon]).Trim();
        var marker = colon < 0 ? "" : section[(colon + 1)..].Trim();
        return (extra, marker) switch
        {
            ("", _) => marker,
            (_, "") => $"extra == \"{extra}\"",
            _ => $"({marker}) and extra == \"{extra}\"",
        };
    }

    private static string Join(string requirement, string condition)
    {
        if (condition.Length == 0)
        {
            return requirement;
        }

        // A requirement can have a marker of its own.
        return PythonDependency.TryParse(requirement, out var dependency) && dependency.Marker is { } own
            ? $"{dependency with { Marker = null }} ; ({own}) and ({condition})" : $"{requirement} ; {condition}";
    }
}
