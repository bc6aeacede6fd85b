using System.Text;
using Metaflow.Architecture.Tests.Sources;
using Metaflow.Pages;

namespace Metaflow.Architecture.Tests;

/// <summary>The index of error codes is what the titles of their pages say.</summary>
public sealed class ErrorIndexTests(RepositorySources sources)
{
    private const string Folder = "docs/errors/";

    private const string Introduction = """
        # Errors

        Every error of Metaflow has a code and a page: what happened, why, and how to fix it. `metaflow explain MF1004` prints the page without
        a network. The compiler reports MF1xxx as you write; `check` and `run` report what is only known when the program runs.

        In an editor many errors have a code fix. From the command line, `dotnet format analyzers` applies the fixes of a project.

        The tests write this page from the pages of the codes (`bash eng/pages.sh`). [Exit codes](../exit-codes.md) are on another page.

        """;

    private static readonly (string From, string Area)[] Areas =
    [
        ("MF1001", "The graph of a flow"),
        ("MF1030", "Members of a flow, and types of artifacts"),
        ("MF1060", "Transitions, decorators and services in the source"),
        ("MF2001", "Command line and parameters"),
        ("MF2040", "Configurations, plug-ins and options"),
        ("MF2070", "Commands: resume, spin, tags, logs and others"),
        ("MF3001", "Steps"),
        ("MF4001", "Stores"),
        ("MF4100", "Values"),
        ("MF5001", "Metadata, the client and tags"),
        ("MF5020", "Journals and runs that go on"),
        ("MF6001", "Processes of tasks"),
        ("MF7001", "Environments of steps"),
        ("MF7101", "What environments are made of"),
        ("MF9001", "Faults of the framework and of plug-ins"),
    ];

    [Fact]
    public void The_index_has_every_page_by_its_area()
    {
        var page = new StringBuilder(Introduction);
        var area = -1;
        foreach (var file in sources.Files.Where(static file => file.Path.StartsWith(Folder + "MF", StringComparison.Ordinal)))
        {
            var code = Path.GetFileNameWithoutExtension(file.Path);
            for (; area + 1 < Areas.Length && string.CompareOrdinal(code, Areas[area + 1].From) >= 0; area++)
            {
                page.Append("\n## ").Append(Areas[area + 1].Area).Append("\n\n| code | error |\n| --- | --- |\n");
            }

            var title = file.Text.Split('\n')[0][$"# {code}: ".Length..];
            page.Append("| [").Append(code).Append("](").Append(code).Append(".md) | ").Append(title).Append(" |\n");
        }

        RepositoryPage.Matches(Folder + "README.md", page.ToString());
    }
}
