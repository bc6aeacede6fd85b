using Metaflow.Cli.Commands;
using Metaflow.Commands;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Plugins;
using Metaflow.Running;

namespace Metaflow.Cli.Tests;

/// <summary>Commands that packages add to flow programs.</summary>
public sealed class PluginCommandTests
{
    [Fact]
    public async Task Help_lists_them_before_those_of_every_program()
    {
        var help = await RunAsync("--help");
        var names = help.Out.Split("From packages:")[1].Split("Global options:")[0].Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => line.Trim().Split(' ')[0]).ToList();
        Assert.Equal(["card", "deploy", "Tools:", "check", "debug", "output-dot", "output-raw", "completion", "version", "help"], names);
        Assert.DoesNotContain("card view", help.Out, StringComparison.Ordinal);
        Assert.Contains("card        Show and list cards.\n", help.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("help", "card")]
    [InlineData("card", "--help")]
    [InlineData("card")]
    public async Task A_group_shows_what_it_has(params string[] arguments)
    {
        var help = await RunAsync(arguments);
        Assert.Equal((0, ""), (help.ExitCode, help.Error));
        Assert.Contains("Usage: dotnet run flow.cs -- card COMMAND [OPTIONS] [ARGS]...", help.Out, StringComparison.Ordinal);
        Assert.Contains("  card view  Show a card.\n", help.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_typed_comes_as_it_was_declared()
    {
        var view = await RunAsync("card", "view", "7/start/1", "--format", "text", "--max_bytes=5", "--quiet");
        Assert.Equal(new CommandLineRun(3, "7/start/1 text 5 GenreStatsFlow ada\n", ""), view);
    }

    [Fact]
    public async Task The_header_comes_before_its_output_where_it_asks_for_one()
    {
        Assert.Equal("", (await RunAsync("card", "view", "7", "--format", "html")).Error);
        Assert.StartsWith("Metaflow ", (await RunAsync("deploy")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Variables_set_its_options()
    {
        var variables = new Dictionary<string, string> { ["METAFLOW_CARD_VIEW_FORMAT"] = "html", ["METAFLOW_CARD_VIEW_MAX_BYTES"] = "9" };
        var view = await RunAsync(streams => streams with { Environment = variables }, "--quiet", "card", "view", "7");
        Assert.Equal("7 html 9 GenreStatsFlow ada\n", view.Out);
    }

    [Theory]
    [InlineData("No such command 'crad'. Did you mean 'card'?", ErrorCodes.UnknownCommand, "crad")]
    [InlineData("No such command 'card veiw'. Did you mean 'card view'?", ErrorCodes.UnknownCommand, "card", "veiw")]
    [InlineData("No such option: --fromat. Did you mean '--format'?", ErrorCodes.UnknownOption, "card", "view", "7", "--fromat=text")]
    [InlineData("Missing argument 'INPUT'.", ErrorCodes.WrongArguments, "card", "view", "--format", "text")]
    [InlineData("Missing option '--format'. Write '--format TEXT|HTML'.", ErrorCodes.WrongArguments, "card", "view", "7")]
    [InlineData(
        "Invalid value for '--format': invalid choice: pdf. (choose from 'text', 'html')", ErrorCodes.InvalidValue, "card", "view", "7",
        "--format", "pdf")]
    [InlineData(
        "Invalid value for '--max-bytes': 0 is smaller than 1.", ErrorCodes.InvalidValue, "card", "view", "7", "--format", "text",
        "--max-bytes", "0")]
    [InlineData("Got unexpected extra argument '8'.", ErrorCodes.WrongArguments, "card", "view", "7", "8", "--format", "text")]
    [InlineData(
        "No such option: --max-bytes. It is an option of 'card view'; write it after the command", ErrorCodes.UnknownOption, "--max-bytes",
        "4", "card", "view")]
    [InlineData(
        "Invalid value for '--with': there is no decorator 'rety'. Did you mean 'retry'?", ErrorCodes.UnknownDecorator, "--with", "rety",
        "deploy")]
    public async Task A_wrong_command_line_is_explained(string message, string code, params string[] arguments)
    {
        var run = await RunAsync(arguments);
        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.Contains($"Error: {message}", run.Error, StringComparison.Ordinal);
        Assert.EndsWith($" [{code}]\n", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("card", "ca")]
    [InlineData("view", "card", "")]
    [InlineData("text html", "card", "view", "7", "--format", "")]
    [InlineData("--max-genres --max-bytes", "deploy", "--max-")]
    public async Task Shells_complete_them(string expected, params string[] words)
    {
        var complete = await RunAsync(["complete", "--", .. words]);
        Assert.Equal(
            expected.Split(' '),
            complete.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split('\t')[0]));
    }

    [Fact]
    public async Task Parameters_of_the_flow_are_options_where_the_command_takes_them()
        => Assert.Equal("max_genres=7\n", (await RunAsync("--quiet", "deploy", "--max-genres", "7")).Out);

    [Fact]
    public async Task The_name_of_a_command_of_every_program_is_taken()
    {
        foreach (var name in FlowCommands.Names.Concat(["complete", "tag add", "logs scrub"]))
        {
            var run = await RunAsync(new PluginRegistry().With(name, new CardCommand()), "show");
            Assert.Equal((1, ""), (run.ExitCode, run.Out));
            Assert.Contains(
                $"A plug-in adds a command '{name}', but Metaflow has a command of that name.", run.Error, StringComparison.Ordinal);
            Assert.Contains(
                "'Metaflow.Cli.Tests.PluginCommandTests+CardCommand' in 'Metaflow.Cli.Tests'", run.Error, StringComparison.Ordinal);
            Assert.Contains($"[{ErrorCodes.PluginNameTaken}]", run.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Card")]
    [InlineData("card_view")]
    [InlineData("-card")]
    [InlineData("card-")]
    [InlineData("7card")]
    [InlineData(" ")]
    [InlineData("card  view")]
    [InlineData("card view now")]
    [InlineData("cards view")]
    [InlineData("kärtchen")]
    public async Task A_name_that_cannot_be_typed_is_refused(string name)
        => Assert.Contains(
            $"[{ErrorCodes.PluginCommandRefused}]",
            (await RunAsync(new PluginRegistry().With(name, new CardCommand()), "show")).Error,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("quiet", "The command has two options '--quiet', or every command already has an option of that name.")]
    [InlineData("not-quiet", "two options '--not-quiet'")]
    [InlineData("help", "two options '--help'")]
    [InlineData("version", "two options '--version'")]
    [InlineData("namespace", "two options '--namespace'")]
    [InlineData("twice", "two options '--twice'")]
    [InlineData("Upper", "The name of its option 'Upper' may have only")]
    [InlineData("under_score", "The name of its option 'under_score' may have only")]
    [InlineData("max-genres", "'--max-genres' has the name of a parameter of the flow.")]
    public async Task An_option_that_would_mean_two_things_is_refused(string option, string problem)
    {
        var command = new GivenCommand(new CommandSpecification
        {
            Summary = "A command.",
            TakesParameters = true,
            Options = [new() { Name = "twice", Description = "The first." }, new() { Name = option, Description = "The other." }],
        });
        var run = await RunAsync(new PluginRegistry().With("given", command), "given");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
        Assert.Contains($"[{ErrorCodes.PluginCommandRefused}]", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arguments_that_are_required_have_names()
    {
        var run = await RunAsync(
            new PluginRegistry().With(
                "given", new GivenCommand(new CommandSpecification { Summary = "A command.", RequiredArguments = 1 })),
            "help");
        Assert.Contains("It requires more arguments than it names.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_of_a_command_of_every_program_can_come_from_a_package()
    {
        var registry = new PluginRegistry().With("tag export", new CardCommand());
        Assert.Contains("  tag export", (await RunAsync(registry, "help", "tag")).Out, StringComparison.Ordinal);
        Assert.Equal(
            "7 text 1 GenreStatsFlow ada\n",
            (await RunAsync(registry, "--quiet", "tag", "export", "7", "--format", "text", "--max-bytes", "1")).Out);
    }

    [Theory]
    [InlineData("fault", 1, "Internal error:", "MF9002")]
    [InlineData("cancelled", 1, "Internal error:", "MF9002")]
    [InlineData("error", 4, "Configuration error:", "MF7777")]
    public async Task What_it_throws_is_told_with_whose_fault_it_is(string kind, int exitCode, string headline, string code)
    {
        var run = await RunAsync(new PluginRegistry().With("break", new BreakingCommand(kind)), "break");
        Assert.Equal((exitCode, ""), (run.ExitCode, run.Out));
        Assert.Contains(headline, run.Error, StringComparison.Ordinal);
        Assert.Contains($"[{code}]", run.Error, StringComparison.Ordinal);
        Assert.Equal(
            code == ErrorCodes.PluginFault,
            run.Error.Contains(
                "'Metaflow.Cli.Tests.PluginCommandTests+BreakingCommand' of 'Metaflow.Cli.Tests'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_command_that_cannot_say_what_it_accepts_is_told_as_the_package_s_fault()
        => Assert.Contains(
            $"[{ErrorCodes.PluginFault}]",
            (await RunAsync(new PluginRegistry().With("break", new BreakingCommand("specification")), "--help")).Error,
            StringComparison.Ordinal);

    [Fact]
    public async Task An_interruption_ends_it_with_the_exit_code_of_the_signal()
    {
        using var interruption = new RunInterruption();
        using var error = new StringWriter { NewLine = "\n" };
        interruption.Request(ExitCodes.Terminated);
        var exitCode = await new FlowCommandHost(
            new FakeApplication(), new ConsoleStreams { Out = TextWriter.Null, Error = error }, interruption,
            new PluginRegistry().With("break", new BreakingCommand("stop")))
            .ExecuteAsync(["break"]);
        Assert.Equal(ExitCodes.Terminated, exitCode);
        Assert.EndsWith("Aborted!\n", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_finds_a_run_as_commands_of_the_framework_do()
    {
        using var store = new SampleStore();
        var registry = new PluginRegistry().With("last", new LastCommand());
        Assert.Contains("No run was found of the flow 'EmptyFlow'.", (await RunAsync("last")).Error, StringComparison.Ordinal);
        await store.AddRunAsync("6");
        await store.AddRunAsync("7");
        await store.AddRunAsync("8", user: "bob");
        Assert.Equal("7\n", (await RunAsync("last")).Out);
        Assert.Equal("7\n", (await RunAsync("last", "latest")).Out);
        Assert.Equal("6\n", (await RunAsync("last", "EmptyFlow/6")).Out);
        Assert.Contains("[MF5004]", (await RunAsync("last", "5")).Error, StringComparison.Ordinal);
        Assert.Contains("Look there with '--namespace user:bob'", (await RunAsync("last", "8")).Error, StringComparison.Ordinal);

        Task<CommandLineRun> RunAsync(params string[] arguments)
            => CommandLineRun.WithPluginsAsync(
                store.Application, registry, streams => streams with { WorkingFolder = store.Folder }, ["--quiet", .. arguments]);
    }

    [Fact]
    public void Two_packages_with_one_command_are_refused()
        => Assert.Equal(
            ErrorCodes.PluginNameTaken,
            Assert.Throws<ConfigurationException>(static () => new PluginRegistry().Use<CardPlugin>().With(
                "deploy", new CardCommand())).Code);

    private static Task<CommandLineRun> RunAsync(params string[] arguments) => RunAsync(static streams => streams, arguments);

    private static Task<CommandLineRun> RunAsync(Func<ConsoleStreams, ConsoleStreams> change, params string[] arguments)
        => CommandLineRun.WithPluginsAsync(new FakeApplication(), new PluginRegistry().Use<CardPlugin>(), change, arguments);

    private static Task<CommandLineRun> RunAsync(PluginRegistry registry, params string[] arguments)
        => CommandLineRun.WithPluginsAsync(new FakeApplication(), registry, static streams => streams, arguments);

    private sealed class CardPlugin : IMetaflowPlugin
    {
        public static void Register(PluginRegistry registry)
        {
            registry.Add<Command<FlowContext>>("card", new CommandGroup<FlowContext>("Show and list cards.", "card view latest/start"));
            registry.Add<Command<FlowContext>>("card view", new CardCommand());
            registry.Add<Command<FlowContext>>("deploy", new DeployCommand());
        }
    }

    private sealed class CardCommand : Command<FlowContext>
    {
        public override CommandSpecification Specification => new()
        {
            Summary = "Show a card.",
            Arguments = ["INPUT"],
            RequiredArguments = 1,
            Options =
            [
                new()
                {
                    Name = "format",
                    ValueName = "text|html",
                    Choices = ["text", "html"],
                    Description = "The form.",
                    IsRequired = true,
                },
                new() { Name = "max-bytes", ValueName = "integer", Description = "The most bytes shown.", Default = "10" },
            ],
        };

        public override void CheckInput(FlowContext context) => MaxBytes(context);

        public override Task<int> ExecuteAsync(FlowContext context)
        {
            var shown =
                $"{context.Line.Arguments[0]} {context.Line.Text("format")} {MaxBytes(context)} {context.Definition.FlowName} "
                    + $"{context.Settings.User}";
            context.Streams.Out.WriteLine(shown);
            return Task.FromResult(3);
        }

        private static int MaxBytes(FlowContext context) => context.Line.WholeNumber("max-bytes", 10, minimum: 1);
    }

    private sealed class DeployCommand : Command<FlowContext>
    {
        public override bool ShowsHeader => true;

        public override CommandSpecification Specification => new()
        {
            Summary = "Deploy the flow.",
            TakesParameters = true,
            Options = [new() { Name = "max-bytes", ValueName = "integer", Description = "The most bytes shown." }],
        };

        public override Task<int> ExecuteAsync(FlowContext context)
        {
            context.Streams.Out.WriteLine(string.Join(
                ' ', context.Line.Parameters.Select(static parameter => $"{parameter.Key}={parameter.Value}")));
            return Task.FromResult(ExitCodes.Success);
        }
    }

    private sealed class LastCommand : Command<FlowContext>
    {
        public override CommandSpecification Specification => new() { Summary = "Show the id of a run.", Arguments = ["RUN_ID"] };

        public override Task<int> ExecuteAsync(FlowContext context)
        {
            context.Streams.Out.WriteLine((context.Line.Arguments is [var id] ? context.FindRun(id) : context.FindRun()).Id);
            return Task.FromResult(ExitCodes.Success);
        }
    }

    private sealed class GivenCommand(CommandSpecification specification) : Command<FlowContext>
    {
        public override CommandSpecification Specification => specification;

        public override Task<int> ExecuteAsync(FlowContext context) => Task.FromResult(ExitCodes.Success);
    }

    private sealed class BreakingCommand(string kind) : Command<FlowContext>
    {
        public override CommandSpecification Specification
            => kind == "specification" ? throw new InvalidOperationException("No.") : new() { Summary = "Break." };

        public override Task<int> ExecuteAsync(FlowContext context) => kind switch
        {
            "cancelled" => throw new OperationCanceledException(),
            "error" => throw new ConfigurationException("MF7777", "What.", "Why.", "Fix.") { ExitCode = 4 },
            "stop" => Task.FromCanceled<int>(context.Stopping),
            _ => throw new InvalidOperationException("No."),
        };
    }
}

/// <summary>Fills registries.</summary>
internal static class RegistryExtensions
{
    public static PluginRegistry With(this PluginRegistry registry, string name, Command<FlowContext> command)
    {
        registry.Add(name, command);
        return registry;
    }
}
