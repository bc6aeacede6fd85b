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

    private static readonly string[] EnvironmentCommands =
        ["resolve", "create", "show", "get", "alias", "list", "export", "delete", "gc"];

    private const string EnvironmentSession = """

        An environment is a list of exact packages, stored with them in the datastore. Flows use it by its name
        (`[NamedEnvironment("team/training:v1")]`, see [packages per step](packages-per-step.md)), and other programs as files in a folder:

        ```console
        $ cat requirements.txt
        --nuget-pkg Acme.Lib>=1,<2
        $ metaflow environment resolve --requirement requirements.txt --alias team/training:v1
        linux-64: resolved now
        Environment 1664c013061181af316997f4a032c0623d9714c2:d535123c62f86c557008c4027bf05a3a57e52154 (nuget-only)
            Aliases               team/training:v1
            Architecture          linux-64
            Resolved              2026-11-30 05:34 UTC by ada
            On this machine       no
            Asked for             dotnet::net10.0, nuget::acme.lib==[1.0.0,2.0.0)
            Packages of NuGet     Acme.Base 1.0.0, Acme.Lib 1.0.0
        $ metaflow environment list
        packages                                  machine   resolved (UTC)    by   known         names
        d535123c62f86c557008c4027bf05a3a57e52154  linux-64  2026-11-30 05:34  ada  here, stored  team/training:v1
        $ metaflow environment create team/training:v1 --into-dir packages --quiet
        /home/ada/packages
        $ ls packages
        Acme.Base.dll  Acme.Lib.dll  de  environment.json
        $ metaflow environment export team/training:v1 --format requirements
        --nuget-pkg Acme.Base==1.0.0
        --nuget-pkg Acme.Lib==1.0.0
        ```

        - Options have long names only. `--requirement`, `--file` and `--pyproject` are `-r`, `-f` and `-p` of Netflix's extension. Two of
          the files can be combined, of which `--pyproject` may name a project, `Directory.Packages.props` or `packages.lock.json`.
        - Of a lock file the packages must have the hashes that it has; otherwise nothing is stored (MF7042).
        - Packages of conda and of the Python package index are found and stored, too: see [Python in steps](python-steps.md).
        - With `--quiet`, `resolve`, `show` and `get` print one line for each environment: both hashes and the kind of machine. Scripts
          that need more use `--json`.
        - `environment create` needs no feed and no SDK: the packages come from the datastore. Any number of processes may create the same
          environment at once, and any of them may be killed.
        - `environment create --force` compares what is unpacked with what was locked, byte by byte. Without it, and when a run starts,
          only the lengths of the files are compared.
        - `environment gc` takes an environment for needed if it has a name, or a run of this datastore used it or is about to use it.
          Runs whose records are in another datastore are not seen: give the environments of those a name.
        - `environment gc` names a record that cannot be read, and keeps all that it [could need](packages-per-step.md#damage).
        - An exported `packages.lock.json` needs a project with the items of `--format csproj` and without `RuntimeIdentifiers`.

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
            if (command == "environment")
            {
                page.Append(EnvironmentSession);
                foreach (var name in EnvironmentCommands)
                {
                    await AddAsync(page, place, $"{command} {name}", [command, name], level: 3);
                }
            }
        }

        RepositoryPage.Matches("docs/metaflow-tool.md", page.ToString());
    }

    private static async Task AddAsync(StringBuilder page, ToolPlace place, string title, string[] topic, int level = 2)
    {
        var help = await place.RunAsync(["help", .. topic]);
        Assert.Equal(0, help.ExitCode);
        page.Append('\n').Append('#', level).Append(' ').Append(title).Append("\n\n```console\n").Append(help.Out).Append("```\n");
    }
}
