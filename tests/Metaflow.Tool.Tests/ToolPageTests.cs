using System.Text;
using Metaflow.Commands;
using Metaflow.Pages;
using Metaflow.Running;
using Metaflow.Tool.Commands;

namespace Metaflow.Tool.Tests;

/// <summary>The page on the tool is what its commands say of themselves.</summary>
public sealed class ToolPageTests
{
    private const string Introduction = """
        # The metaflow tool

        The commands of the tool, as `metaflow help COMMAND` prints them. [Install](install.md#the-tool) says how to get it. A flow's own
        commands are those of [its program](command-line.md).

        The tests write this page from the commands (`bash eng/pages.sh`).

        """;

    [Fact]
    public async Task The_page_has_the_help_of_every_command()
    {
        using var place = new ToolPlace();
        using var interruption = new RunInterruption();
        var silent = new ConsoleStreams { Out = TextWriter.Null, Error = TextWriter.Null };
        var names = new ToolCommandHost(silent, interruption, null).Commands.Names;
        var page = new StringBuilder(Introduction);
        await AddAsync(page, place, "All commands", []);
        await AddAsync(page, place, "Global options", ["options"]);
        foreach (var command in names.Where(static name => name is not ("complete" or "help")))
        {
            await AddAsync(page, place, command, command.Split(' '));
        }

        RepositoryPage.Matches("docs/metaflow-tool.md", page.ToString());
    }

    private static async Task AddAsync(StringBuilder page, ToolPlace place, string title, string[] topic)
    {
        var help = await place.RunAsync(["help", .. topic]);
        Assert.Equal(0, help.ExitCode);
        page.Append("\n## ").Append(title).Append("\n\n```console\n").Append(help.Out).Append("```\n");
    }
}
