using System.Text;
using System.Text.Json;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Plugins;
using Metaflow.Running;
using Metaflow.Runs;
using Metaflow.Tool.Commands;

namespace Metaflow.Tool.Tests;

public sealed class ToolTests : IDisposable
{
    private readonly ToolPlace _place = new();

    [Fact]
    public async Task Without_a_command_it_says_what_it_is()
    {
        _place.Environment["METAFLOW_CONTACT_INFO"] = """{"Chat": "#ml-help"}""";

        var welcome = await _place.RunAsync();

        Assert.Equal((0, ""), (welcome.ExitCode, welcome.Error));
        Assert.StartsWith("Metaflow for .NET ", welcome.Out, StringComparison.Ordinal);
        Assert.Contains("  Chat: #ml-help\n", welcome.Out);
        Assert.Contains("  tutorials    List and copy the tutorials.\n", welcome.Out);
    }

    [Theory]
    [InlineData("METAFLOW_DEFAULT_DATASTORE", "shelf", "flows")]
    [InlineData("METAFLOW_DEFAULT_METADATA", "shelf", "flows")]
    [InlineData("METAFLOW_USER", "ada", "flows", "--datastore-root", "shelf://one")]
    public async Task Of_a_store_of_a_package_it_names_the_program_to_ask(string setting, string value, params string[] arguments)
    {
        _place.Environment[setting] = value;
        var asked = await _place.RunAsync(arguments);
        Assert.Equal(2, asked.ExitCode);
        Assert.Contains("Ask the flow program", asked.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("help")]
    [InlineData("version")]
    [InlineData("explain", "MF2080")]
    [InlineData("configure", "show")]
    [InlineData("configure", "show", "--origin")]
    [InlineData("configure", "set", "METAFLOW_DEFAULT_METADATA=local")]
    public async Task A_store_that_cannot_be_stops_no_command_that_does_not_use_it(params string[] arguments)
    {
        _place.Environment["METAFLOW_DEFAULT_DATASTORE"] = "shelf";
        _place.Environment["METAFLOW_DEFAULT_METADATA"] = "shelf";
        Assert.Equal(0, (await _place.RunAsync(arguments)).ExitCode);
    }

    public static TheoryData<string, string> Options()
    {
        using var interruption = new RunInterruption();
        var host = new ToolCommandHost(new ConsoleStreams { Out = TextWriter.Null, Error = TextWriter.Null }, interruption, null);
        var data = new TheoryData<string, string>();
        foreach (var command in host.Commands.Names)
        {
            foreach (var option in host.Specify(command)!.Options.Concat(command is "flows" ? host.CommonOptions : []))
            {
                if (option is { ValueName: not null, IsHidden: false })
                {
                    data.Add(command, option.Dashed);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Options))]
    public async Task An_option_with_the_empty_text_is_refused(string command, string option)
    {
        string[] arguments = command switch
        {
            "copy" => option == "--to" ? ["F/1"] : ["F/1", "--to", "there"],
            "configure set" => ["METAFLOW_USER=ada"],
            "configure import" or "configure export" => ["file.json"],
            _ => [],
        };

        var refused = await _place.RunAsync([.. command.Split(' '), .. arguments, option, ""]);

        Assert.True(refused.ExitCode == 2, $"exit code {refused.ExitCode}\n{refused.Out}\n{refused.Error}");
        Assert.Matches(@"\[MF2\d\d\d\]", refused.Error);
        Assert.Contains(option, refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("flows")]
    [InlineData("runs")]
    [InlineData("copy")]
    [InlineData("fsck")]
    [InlineData("explain")]
    [InlineData("configure")]
    [InlineData("configure", "show")]
    [InlineData("configure", "set")]
    [InlineData("configure", "reset")]
    [InlineData("configure", "import")]
    [InlineData("configure", "export")]
    [InlineData("configure", "local")]
    [InlineData("tutorials")]
    [InlineData("tutorials", "list")]
    [InlineData("tutorials", "info")]
    [InlineData("tutorials", "pull")]
    [InlineData("completion")]
    [InlineData("version")]
    [InlineData("help")]
    public async Task Help_of_a_command_is_the_same_however_it_is_asked_for(params string[] command)
    {
        var asked = await _place.RunAsync(["help", .. command]);
        var option = await _place.RunAsync([.. command, "--help"]);

        Assert.Equal((0, ""), (asked.ExitCode, asked.Error));
        Assert.Equal(asked, option);
        Assert.StartsWith($"Usage: metaflow {string.Join(' ', command)} ", asked.Out, StringComparison.Ordinal);
        Assert.Contains("\nExamples:\n", asked.Out);
    }

    [Fact]
    public async Task Flows_and_runs_of_the_datastore_are_listed()
    {
        await _place.AddRunAsync("AFlow", "1", "ada", "x");
        await _place.AddRunAsync("AFlow", "2", "bob");
        await _place.AddRunAsync("BFlow", "3");

        var flows = await _place.RunAsync("flows");
        var runs = await _place.RunAsync("runs");
        var ofFlow = await _place.RunAsync("runs", "BFlow", "--json");
        var mine = await _place.RunAsync("flows", "--json", "--namespace", "user:bob");
        var status = await _place.RunAsync("status", "--json");

        Assert.Equal(["FLOW", "AFlow", "BFlow"], FirstColumn(flows));
        Assert.Contains("AFlow  2 ", flows.Out);
        Assert.Equal(["AFlow/1", "AFlow/2", "BFlow/3", "RUN"], FirstColumn(runs).Order(StringComparer.Ordinal));
        Assert.Equal("BFlow/3", JsonDocument.Parse(ofFlow.Out).RootElement[0].GetProperty("run").GetString());
        Assert.Equal(
            ("AFlow", 1),
            (JsonDocument.Parse(mine.Out).RootElement[0].GetProperty("flow").GetString(),
                JsonDocument.Parse(mine.Out).RootElement[0].GetProperty("runs").GetInt32()));
        Assert.Equal(
            ["AFlow", "BFlow"],
            JsonDocument.Parse(status.Out).RootElement.GetProperty("flows").EnumerateArray().Select(static flow => flow.GetString()));
    }

    [Fact]
    public async Task Runs_of_a_flow_are_filtered_by_what_the_lists_of_its_program_know()
    {
        await _place.AddRunAsync("AFlow", "1", "ada", "x");
        await _place.AddRunAsync("AFlow", "2", "bob");

        Assert.Equal(["RUN", "AFlow/1"], FirstColumn(await _place.RunAsync("runs", "AFlow", "--tag", "x")));
        Assert.Equal(["RUN", "AFlow/2"], FirstColumn(await _place.RunAsync("runs", "AFlow", "--user", "bob", "--columns", "user")));
        Assert.Contains(
            "Did you mean 'user'?", (await _place.RunAsync("runs", "AFlow", "--columns", "usr")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_whose_scheduler_is_gone_is_dead_and_one_that_is_held_runs()
    {
        await _place.AddRunAsync("AFlow", "1");
        await _place.AddRunAsync("AFlow", "2");
        await _place.AddRunAsync("AFlow", "3");
        (await _place.TakeRunAsync("AFlow", "1")).Dispose();
        using var second = await _place.TakeRunAsync("AFlow", "2");
        await _place.SetStateAsync("AFlow", "1", RunState.Running);
        await _place.SetStateAsync("AFlow", "2", RunState.Running);
        using var third = await _place.TakeRunAsync("AFlow", "3");

        var runs = await _place.RunAsync("runs");
        var json = JsonDocument.Parse((await _place.RunAsync("runs", "AFlow", "--json")).Out).RootElement.EnumerateArray()
            .ToDictionary(static run => run.GetProperty("id").GetString()!);
        var latest = await _place.RunAsync("flows");
        third.Dispose();
        var after = await _place.RunAsync("flows", "--json");

        Assert.Matches(@"AFlow/1 +dead ", runs.Out);
        Assert.Matches(@"AFlow/2 +running ", runs.Out);
        Assert.Matches(@"AFlow/3 +pending ", runs.Out);
        Assert.Equal(["dead", "running", "pending"], new[] { "1", "2", "3" }.Select(id => json[id].GetProperty("state").GetString()));
        Assert.Contains("died before the end of the run", json["1"].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Matches("AFlow +3 +3 +pending ", latest.Out);
        Assert.Equal("dead", JsonDocument.Parse(after.Out).RootElement[0].GetProperty("last_run_state").GetString());
    }

    [Fact]
    public async Task A_run_whose_journal_is_damaged_is_listed_with_the_others()
    {
        await _place.AddRunAsync("AFlow", "1");
        await _place.AddRunAsync("AFlow", "2");
        await _place.SetStateAsync("AFlow", "1", RunState.Failed);
        File.WriteAllText(
            Path.Combine(_place.Folder, ".metaflow", "AFlow", "1", "_meta", "journal"),
            "damaged\n" + Encoding.UTF8.GetString(JournalFile.Line("{}"u8)));

        var runs = await _place.RunAsync("runs");

        Assert.Equal((0, ""), (runs.ExitCode, runs.Error));
        Assert.Matches("AFlow/1 +failed .* 0 done", runs.Out);
        Assert.Contains("AFlow/2 ", runs.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flow_that_does_not_exist_is_an_error()
    {
        await _place.AddRunAsync("AFlow", "1");

        var runs = await _place.RunAsync("runs", "Aflow");

        Assert.Equal((1, ""), (runs.ExitCode, runs.Out));
        Assert.Contains("The nearest names are: 'AFlow'.", runs.Error);
    }

    [Fact]
    public async Task The_beginning_of_a_flows_name_is_told_with_the_name_and_the_command_that_lists_flows()
    {
        await _place.AddRunAsync("SalesFlow", "1");
        await _place.AddRunAsync("OtherFlow", "1");

        var runs = await _place.RunAsync("runs", "Sale");

        Assert.Equal((1, ""), (runs.ExitCode, runs.Out));
        Assert.Contains("The nearest names are: 'SalesFlow'. Check the name. 'metaflow flows' lists", runs.Error);
        Assert.Contains("[MF5004]", runs.Error);
    }

    [Theory]
    [InlineData("flows")]
    [InlineData("runs")]
    public async Task A_datastore_that_is_named_and_not_there_is_an_error_and_an_empty_one_is_said_to_be_empty(string command)
    {
        var missing = await _place.RunAsync(command, "--datastore-root", "nowhere");
        var none = await _place.RunAsync(command);
        Directory.CreateDirectory(Path.Combine(_place.Folder, ".metaflow"));
        var empty = await _place.RunAsync(command, "--datastore-root", _place.Folder);
        var json = await _place.RunAsync(command, "--json");

        Assert.Equal((1, ""), (missing.ExitCode, missing.Out));
        Assert.Matches(
            @"There is no datastore '.*nowhere.*'\. The folder does not exist\. Use '--datastore-root' .*\[MF5004\]", missing.Error);
        Assert.Equal((0, ""), (none.ExitCode, none.Out));
        Assert.Matches($@"There are no {command}: the datastore '.*' does not exist yet\. The first run of a flow creates it", none.Error);
        Assert.Equal((0, ""), (empty.ExitCode, empty.Out));
        Assert.Matches($@"There are no {command} in the datastore '.*'\. '--datastore-root' selects another one\.", empty.Error);
        Assert.Equal((0, "[]"), (json.ExitCode, json.Out.Trim()));
    }

    [Fact]
    public async Task Tutorials_are_listed_explained_and_copied()
    {
        var list = await _place.RunAsync("tutorials", "list", "--json");
        var info = await _place.RunAsync("tutorials", "info", "--episode", "00");
        var pull = await _place.RunAsync("tutorials", "pull", "--episode", "01-playlist");
        Assert.StartsWith("# Episode 02", (await _place.RunAsync("tutorials", "info", "2")).Out, StringComparison.Ordinal);

        var names = JsonDocument.Parse(list.Out).RootElement.EnumerateArray()
            .Select(static episode => episode.GetProperty("episode").GetString()).ToList();
        Assert.Contains("00-helloworld", names);
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.StartsWith("# Episode 00", info.Out, StringComparison.Ordinal);
        var page = JsonDocument.Parse((await _place.RunAsync("tutorials", "info", "0", "--json")).Out).RootElement;
        Assert.StartsWith(info.Out.TrimEnd(), page.GetProperty("page").GetString(), StringComparison.Ordinal);
        Assert.Equal((0, "metaflow-tutorials/01-playlist\n"), (pull.ExitCode, pull.Out));
        var flow = _place.Text("metaflow-tutorials/01-playlist/playlist.cs");
        Assert.Contains("#:package Metaflow@", flow);
        Assert.DoesNotContain("#:project", flow);
        Assert.Contains("PublishAot", _place.Text("metaflow-tutorials/Directory.Build.props"));
        Assert.True(File.Exists(Path.Combine(_place.Folder, "metaflow-tutorials", "data", "movies.csv")));
        Assert.False(Directory.Exists(Path.Combine(_place.Folder, "metaflow-tutorials", "00-helloworld")));
    }

    [Fact]
    public async Task A_copy_that_was_changed_is_replaced_only_on_request()
    {
        await _place.RunAsync("tutorials", "pull");
        var file = Path.Combine(_place.Folder, "metaflow-tutorials", "00-helloworld", "helloworld.cs");
        await File.WriteAllTextAsync(file, "mine", TestContext.Current.CancellationToken);

        Assert.Equal(1, (await _place.AnswerAsync("n\n", "tutorials", "pull", "--episode", "00")).ExitCode);
        Assert.Equal("mine", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal(0, (await _place.RunAsync("tutorials", "pull", "--overwrite")).ExitCode);
        Assert.NotEqual("mine", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("No such command 'statsu'. Did you mean 'status'?", "statsu")]
    [InlineData("No such command 'configure shw'. Did you mean 'configure show'?", "configure", "shw")]
    [InlineData("No such option: --jsno. Did you mean '--json'?", "runs", "--jsno")]
    [InlineData(
        "Invalid value for 'EPISODE': there is no '00-heloworld'. Did you mean '00-helloworld'?", "tutorials", "info", "00-heloworld")]
    [InlineData("Missing argument 'EPISODE'.", "tutorials", "info")]
    [InlineData("Invalid value for '--limit': 0 is smaller than 1.", "runs", "--limit", "0")]
    public async Task A_wrong_command_line_is_explained(string message, params string[] arguments)
    {
        var run = await _place.RunAsync(arguments);

        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.StartsWith("Usage: metaflow ", run.Error, StringComparison.Ordinal);
        Assert.Contains("Error: " + message, run.Error);
    }

    [Theory]
    [InlineData("status", "st")]
    [InlineData("show set reset import export local aws azure gcp", "configure", "")]
    [InlineData("--profile", "configure", "show", "--pr")]
    [InlineData("00-helloworld", "tutorials", "pull", "--episode", "00")]
    public async Task Words_are_completed(string expected, params string[] words)
        => Assert.Equal(
            expected.Split(' '),
            (await _place.RunAsync(["complete", "--", .. words])).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(static line => line.Split('\t')[0]));

    [Fact]
    public async Task Wrong_settings_do_not_hide_help()
    {
        _place.Environment["METAFLOW_MAXIMUM_FOREACH_VALUE_CHARS"] = "many";

        Assert.Equal(0, (await _place.RunAsync("help")).ExitCode);
        Assert.Contains("[MF2105]", (await _place.RunAsync("status")).Error);
    }

    public void Dispose() => _place.Dispose();

    private static IEnumerable<string> FirstColumn(ToolRun run)
        => run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(' ')[0]);

    [Fact]
    public async Task A_plug_in_adds_commands_and_parts_of_others()
    {
        var plugins = new PluginRegistry().Use<WarehousePlugin>();
        var help = await _place.AnswerAsync(plugins, "", "help", "configure");
        Assert.Contains("  configure local", help.Out, StringComparison.Ordinal);
        Assert.Contains("  configure warehouse  Ask for the warehouse.\n", help.Out, StringComparison.Ordinal);
        var configured = await _place.AnswerAsync(plugins, "yes\nblue\n", "configure", "warehouse");
        Assert.Equal((0, "ada: blue\n", "Ask? [y/N] "), (configured.ExitCode, configured.Out, configured.Error));
        Assert.Equal("warehouse\n", (await _place.AnswerAsync(plugins, "", "complete", "--", "configure", "w")).Out.Split('\t')[0] + "\n");
    }

    [Fact]
    public async Task The_name_of_one_of_the_tool_s_commands_is_taken()
    {
        var plugins = new PluginRegistry();
        plugins.Add<Command<ToolContext>>("status", new WarehouseCommand());
        var run = await _place.AnswerAsync(plugins, "", "flows");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"[{ErrorCodes.PluginNameTaken}]", run.Error, StringComparison.Ordinal);
    }

    private sealed class WarehousePlugin : IMetaflowPlugin
    {
        public static void Register(PluginRegistry registry)
            => registry.Add<Command<ToolContext>>("configure warehouse", new WarehouseCommand());
    }

    private sealed class WarehouseCommand : Command<ToolContext>
    {
        public override CommandSpecification Specification => new() { Summary = "Ask for the warehouse." };

        public override Task<int> ExecuteAsync(ToolContext context)
        {
            if (context.Confirm("Ask?"))
            {
                context.Streams.Out.WriteLine($"{context.Settings.User}: {context.Streams.ReadLine()}");
            }

            return Task.FromResult(ExitCodes.Success);
        }
    }
}
