namespace Metaflow.Cli.Tests;

public sealed class LoadedLibraryTests
{
    private const string Parser = "System.CommandLine";
    private const string Console = "Spectre.Console";
    private const string Yaml = "YamlDotNet";

    [Theory]
    [InlineData("run")]
    [InlineData("help")]
    [InlineData("show")]
    [InlineData("check")]
    public async Task Plain_output_does_not_load_the_library_of_terminals(string command)
    {
        using var isolated = new IsolatedCommandLine();

        var loaded = await isolated.LoadedAfterAsync(isTerminal: false, command);

        Assert.Contains(Parser, loaded);
        Assert.DoesNotContain(Console, loaded);
        Assert.DoesNotContain(Yaml, loaded);
    }

    [Fact]
    public async Task A_terminal_loads_it()
    {
        using var isolated = new IsolatedCommandLine();

        var loaded = await isolated.LoadedAfterAsync(isTerminal: true, "show");

        Assert.Contains(Console, loaded);
        Assert.DoesNotContain(Yaml, loaded);
    }

    [Fact]
    public void A_configuration_loads_the_parser_of_its_format()
    {
        using var isolated = new IsolatedCommandLine();

        Assert.Contains(Yaml, isolated.LoadedAfterParsing("alpha: 0.5"));
    }
}
