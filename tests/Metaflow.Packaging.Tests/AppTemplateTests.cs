using System.Reflection.Metadata;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Metaflow.Packaging.Tests;

/// <summary>The project of the template <c>metaflow-app</c>: editors and the build server do with it what its files tell them.</summary>
public sealed partial class AppTemplateTests(InstalledTemplates templates) : IClassFixture<InstalledTemplates>
{
    private static readonly JsonDocumentOptions WithComments = new() { CommentHandling = JsonCommentHandling.Skip };

    [Theory]
    [InlineData("Sales", "SalesFlow")]
    [InlineData("2 class-app", "Flow2ClassApp")]
    public async Task Editors_build_test_and_start_it_by_its_launch_files(string name, string flow)
    {
        Assert.SkipUnless(PackedPackages.IsLong || flow == "SalesFlow", "It is one of the long tests: 'eng/test.sh --all'.");
        var folder = Path.Combine(await templates.MakeAsync("metaflow-app", "--name", name), name);
        var project = Path.Combine(folder, "src", name);

        Assert.Matches(TemplateTests.TestsPassed(), string.Concat(await RunTasksAsync(folder)));
        AssertDebuggerFinds(
            Path.Combine(project, "bin", "Debug", "net10.0", $"{name}.pdb"),
            Path.Combine(project, $"{flow}.cs"),
            "var random = new Random(100 + player);");
        AssertRanAndSpun(await LaunchAsync(folder));
        AssertRanAndSpun(await LaunchProfilesAsync(folder, project));
        Assert.True(Directory.Exists(Path.Combine(folder, ".metaflow", flow)), "Runs are kept at the top of the project.");
    }

    [Fact]
    public async Task A_build_server_builds_tests_and_runs_it()
    {
        var folder = Path.Combine(await templates.MakeAsync("metaflow-app", "--name", "my orders"), "my orders");
        var steps = WorkflowStep().Matches(await TemplateTests.ReadAsync(Path.Combine(folder, ".github", "workflows", "build.yml")));
        Assert.Equal(3, steps.Count);

        var output = await templates.Home.TypeAsync(folder, string.Join('\n', steps.Select(static step => step.Groups[1].Value)));

        Assert.Contains("0 Warning(s)", output, StringComparison.Ordinal);
        Assert.Matches(TemplateTests.TestsPassed(), output);
        Assert.Contains("pi is about 3.", output, StringComparison.Ordinal);
    }

    /// <summary>Runs the tasks of the editor, as it does: each program with its arguments.</summary>
    private async Task<List<string>> RunTasksAsync(string folder)
    {
        using var tasks = await ParseAsync(folder, "tasks.json");
        var outputs = new List<string>();
        foreach (var task in tasks.RootElement.GetProperty("tasks").EnumerateArray())
        {
            outputs.Add(await RunAsync(folder, task.GetProperty("command").GetString()!, task.GetProperty("args")));
        }

        return outputs;
    }

    /// <summary>Starts what the editor starts with F5, without a debugger.</summary>
    private async Task<Dictionary<string, string>> LaunchAsync(string folder)
    {
        using var launch = await ParseAsync(folder, "launch.json");
        using var tasks = await ParseAsync(folder, "tasks.json");
        var labels = tasks.RootElement.GetProperty("tasks").EnumerateArray().Select(static task => task.GetProperty("label").GetString());
        var outputs = new Dictionary<string, string>();
        foreach (var configuration in launch.RootElement.GetProperty("configurations").EnumerateArray())
        {
            Assert.Equal("coreclr", configuration.GetProperty("type").GetString());
            Assert.Contains(configuration.GetProperty("preLaunchTask").GetString(), labels);
            Assert.Equal(folder, InFolder(folder, configuration.GetProperty("cwd")));
            outputs[configuration.GetProperty("name").GetString()!] = await RunAsync(
                folder, "dotnet", configuration.GetProperty("args"), InFolder(folder, configuration.GetProperty("program")));
        }

        return outputs;
    }

    /// <summary>Starts what other editors start, and <c>dotnet run</c> by the names of the profiles.</summary>
    private async Task<Dictionary<string, string>> LaunchProfilesAsync(string folder, string project)
    {
        using var settings = JsonDocument.Parse(await TemplateTests.ReadAsync(Path.Combine(project, "Properties", "launchSettings.json")));
        var outputs = new Dictionary<string, string>();
        foreach (var profile in settings.RootElement.GetProperty("profiles").EnumerateObject())
        {
            var run = await templates.Home.RunAsync(
                folder, "dotnet", "run", "--no-build", "--project", project, "--launch-profile", profile.Name);
            run.AssertSucceeded();
            outputs[profile.Name] = run.Output;
        }

        return outputs;
    }

    private static void AssertRanAndSpun(Dictionary<string, string> outputs)
    {
        Assert.Equal(["run", "spin throw"], outputs.Keys);
        Assert.Contains("pi is about 3.1", outputs["run"], StringComparison.Ordinal);
        Assert.Matches(@"player \d: \d+ hits", outputs["spin throw"]);
    }

    private async Task<string> RunAsync(string folder, string program, JsonElement arguments, params string[] first)
    {
        var run = await templates.Home.RunAsync(
            folder, program, [.. first, .. arguments.EnumerateArray().Select(argument => InFolder(folder, argument))]);
        run.AssertSucceeded();
        return run.Output;
    }

    private static string InFolder(string folder, JsonElement text)
        => text.GetString()!.Replace("${workspaceFolder}", folder, StringComparison.Ordinal);

    private static async Task<JsonDocument> ParseAsync(string folder, string file)
        => JsonDocument.Parse(await TemplateTests.ReadAsync(Path.Combine(folder, ".vscode", file)), WithComments);

    /// <summary>Says that a breakpoint on a line of a step has a place in the program.</summary>
    private static void AssertDebuggerFinds(string symbols, string source, string text)
    {
        var line = 1 + Array.FindIndex(File.ReadAllLines(source), one => one.Trim() == text);
        using var provider = MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(symbols));
        var reader = provider.GetMetadataReader();
        var points = reader.MethodDebugInformation.SelectMany(handle => reader.GetMethodDebugInformation(handle).GetSequencePoints())
            .Where(point => reader.GetString(reader.GetDocument(point.Document).Name) == source);
        Assert.Contains(line, points.Select(static point => point.StartLine));
    }

    [GeneratedRegex(@"^      - run: (.*)$", RegexOptions.Multiline)]
    private static partial Regex WorkflowStep();
}
