using System.Text.RegularExpressions;
using Metaflow.Architecture.Tests.Sources;

namespace Metaflow.Architecture.Tests.Rules;

/// <summary>No file knows the machine it was written on or where packages come from, and none is unfinished.</summary>
internal static partial class Texts
{
    // Put together from parts, so that this file does not break its own rule.
    private static readonly string[] Hosts =
    [
        "nuget" + ".org", "npmjs" + ".org", "npmjs" + ".com", "pypi" + ".org", "pythonhosted" + ".org", "anaconda" + ".org",
        "anaconda" + ".com", "docker" + ".io", "ghcr" + ".io", "debian" + ".org",
    ];

    private static readonly string[] MachinePaths = ["/wor" + "k/", "/roo" + "t/"];

    public static IReadOnlyList<string> CheckPlaces(IEnumerable<SourceFile> files)
    {
        var problems = new List<string>();
        foreach (var file in files)
        {
            problems.AddRange(Hosts.Where(host => file.Text.Contains(host, StringComparison.OrdinalIgnoreCase))
                .Select(host => $"{file.Path} names the registry '{host}'."));
            problems.AddRange(MachinePaths.Where(path => file.Text.Contains(path, StringComparison.Ordinal))
                .Select(path => $"{file.Path} names '{path}', a folder of one machine."));
        }

        return problems;
    }

    public static IReadOnlyList<string> CheckFinished(IEnumerable<SourceFile> files) => files
        .SelectMany(static file => Unfinished().Matches(file.Text).Select(match => $"{file.Path} has '{match.Value}'."))
        .ToList();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX|NotImplementedException)\b")]
    private static partial Regex Unfinished();
}
