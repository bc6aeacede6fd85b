using System.Text;
using Metaflow.Pages;

namespace Metaflow.Cli.Tests;

/// <summary>The page on the command line is what the commands say of themselves.</summary>
public sealed class CommandLinePageTests
{
    private const string Introduction = """
        # Command line of a flow program

        The commands of a flow program, as `dotnet run flow.cs -- help COMMAND` prints them. `flow.cs` stands for your program, and
        `GenreStatsFlow` for your flow: its parameters are examples. The tool's own commands are on [a page of their own](metaflow-tool.md).

        The tests write this page from the commands (`bash eng/pages.sh`). See also [exit codes](exit-codes.md) and [settings](settings.md).

        """;

    [Fact]
    public async Task The_page_has_the_help_of_every_command()
    {
        var page = new StringBuilder(Introduction);
        await AddAsync(page, "All commands", []);
        await AddAsync(page, "Global options", ["options"]);
        foreach (var command in FlowCommands.Names.Where(static name => name is not ("complete" or "help")))
        {
            await AddAsync(page, command, command.Split(' '));
        }

        RepositoryPage.Matches("docs/command-line.md", page.ToString());
    }

    private static async Task AddAsync(StringBuilder page, string title, string[] topic)
    {
        var help = await CommandLineRun.OfAsync(new FakeApplication(), ["help", .. topic]);
        Assert.Equal(0, help.ExitCode);
        page.Append("\n## ").Append(title).Append("\n\n```console\n").Append(help.Out).Append("```\n");
    }
}
