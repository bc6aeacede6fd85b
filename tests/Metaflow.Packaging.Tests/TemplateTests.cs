using System.Text.RegularExpressions;

namespace Metaflow.Packaging.Tests;

/// <summary>What <c>dotnet new</c> makes from each template builds, runs and passes its tests, whatever its name is.</summary>
public sealed partial class TemplateTests(InstalledTemplates templates, PackedPackages packages) : IClassFixture<InstalledTemplates>
{
    [Fact]
    public async Task A_flow_in_one_file_says_what_to_type_next_and_that_works()
    {
        var folder = await templates.MakeAsync("metaflow", "--name", "squares");
        var file = Path.Combine(folder, "squares.cs");
        Assert.Contains($"#:package Metaflow@{packages.Version}\n", await ReadAsync(file), StringComparison.Ordinal);

        var outputs = new List<string>();
        foreach (var line in CommandsOf(await ReadAsync(file)))
        {
            outputs.Add(await templates.Home.TypeAsync(folder, line));
        }

        Assert.Equal(5, outputs.Count);
        Assert.Contains("throw", outputs[0], StringComparison.Ordinal);
        Assert.Contains("pi is about 3.1", outputs[1], StringComparison.Ordinal);
        Assert.Contains("pi", outputs[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flow_in_one_file_is_a_program_of_its_own()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no executable scripts.");
        var folder = await templates.MakeAsync("metaflow", "--name", "my flow", "--flow", "PiFinder");

        var output = await templates.Home.TypeAsync(folder, "./'my flow.cs' run --players 2 --darts 1000");

        Assert.Contains("pi is about 3.", output, StringComparison.Ordinal);
        Assert.True(Directory.Exists(Path.Combine(folder, ".metaflow", "PiFinder")), "The class is called as the option says.");
    }

    [Theory]
    [InlineData("my sales", "MySalesFlow")]
    [InlineData("2-fast", "Flow2Fast")]
    [InlineData("class", "ClassFlow")]
    [InlineData("HTTPServer.v2_flow", "HTTPServerV2Flow")]
    [InlineData("flow", "MyFlow")]
    [InlineData("größe", "GrößeFlow")]
    public async Task The_name_of_the_file_makes_the_name_of_the_flow(string name, string flow)
    {
        var folder = await templates.MakeAsync("metaflow", "--name", name);
        var source = await ReadAsync(Path.Combine(folder, $"{name}.cs"));

        Assert.Contains($"public partial class {flow} : FlowSpec\n", source, StringComparison.Ordinal);
        Assert.Contains($"FlowProgram.RunAsync<{flow}>(args)", source, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2-fast")]
    [InlineData("class")]
    public async Task A_flow_of_an_odd_name_runs(string name)
    {
        var folder = await templates.MakeAsync("metaflow", "--name", name);
        var command = CommandsOf(await ReadAsync(Path.Combine(folder, $"{name}.cs")))
            .Single(static line => line.Contains("-- run", StringComparison.Ordinal));

        Assert.Contains("pi is about 3.", await templates.Home.TypeAsync(folder, command), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plug_in_does_what_its_readme_says()
    {
        var folder = Path.Combine(await templates.MakeAsync("metaflow-plugin", "--name", "Stamps"), "Stamps");
        var (_, commands) = Page.BlocksOf(await ReadAsync(Path.Combine(folder, "README.md"))).Single();
        Assert.Equal(4, commands.Count(static character => character == '\n'));

        var output = await templates.Home.TypeAsync(folder, commands);

        Assert.Matches(TestsPassed(), output);
        Assert.Equal(2, TimedTask().Count(output));
        Assert.Single(Directory.GetFiles(folder, "Stamps.0.1.0.nupkg", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_plug_in_of_an_odd_name_passes_its_tests()
    {
        var folder = Path.Combine(await templates.MakeAsync("metaflow-plugin", "--name", "2 class-plugin"), "2 class-plugin");

        Assert.Matches(TestsPassed(), await templates.Home.TypeAsync(folder, "dotnet test"));
    }

    [Fact]
    public async Task Templates_leave_nothing_to_fill_in()
    {
        const string Content = "content/";
        var source = Path.Combine(PackedPackages.FindRoot(), "templates");
        var entries = packages.EntriesOf("Metaflow.Templates");
        foreach (var entry in entries.Where(static entry => entry.StartsWith(Content, StringComparison.Ordinal)))
        {
            // All but the version and the address is packed as it stands.
            var expected = (await ReadAsync(Path.Combine(source, entry[Content.Length..])))
                .Replace("METAFLOW_VERSION", packages.Version, StringComparison.Ordinal)
                .Replace("METAFLOW_DOCUMENTATION", packages.Documentation, StringComparison.Ordinal);
            Assert.Equal(expected, packages.TextOf("Metaflow.Templates", entry));
            Assert.DoesNotContain("METAFLOW_", expected, StringComparison.Ordinal);
        }
    }

    internal static Task<string> ReadAsync(string file) => File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);

    /// <summary>Returns the commands that a comment names, without what it says of them.</summary>
    private static IEnumerable<string> CommandsOf(string source)
        => CommandLine().Matches(source).Select(static match => match.Groups[1].Value.TrimEnd());

    [GeneratedRegex(@"^//   (dotnet run .*?)(?=   |$)", RegexOptions.Multiline)]
    private static partial Regex CommandLine();

    [GeneratedRegex(@"Failed: 0, Passed: 2,")]
    internal static partial Regex TestsPassed();

    [GeneratedRegex(@"^ +\d+\.\d{3}  \d+/(start|end)/\d+$", RegexOptions.Multiline)]
    private static partial Regex TimedTask();
}
