using System.Text.RegularExpressions;

namespace Metaflow.Packaging.Tests;

/// <summary>The package of <c>samples/plugins</c> is made, tested and used as somebody else's is: with the packages of this repository
/// and nothing else of it.</summary>
public sealed partial class PluginSampleTests(PackedPackages packages) : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("metaflow-plugins-").FullName;

    private static string Root { get; } = PackedPackages.FindRoot();

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Fact]
    public async Task It_passes_the_conformance_suites_and_a_flow_that_references_it_alone_uses_all_its_parts()
    {
        Assert.SkipUnless(PackedPackages.IsLong, "It is one of the long tests: 'eng/test.sh --all'.");
        var solution = CopySolution();
        WritePage(Path.Combine(solution, "SamplePlugins.Tests"));
        var version = $"-p:MetaflowVersion={packages.Version}";
        (await RunAsync(solution, "build", "SamplePlugins.Tests", version, "--verbosity", "quiet")).AssertSucceeded();
        string[] pack =
        [
            "pack", "SamplePlugins", "--no-build", "--configuration", "Debug", version, $"-p:Version={packages.Version}", "--output",
            _place,
        ];
        (await RunAsync(solution, pack)).AssertSucceeded();

        // Beside each other: the one waits for processes, and the other for the compiler.
        var tests = RunAsync(solution, "exec", "SamplePlugins.Tests/bin/Debug/net10.0/SamplePlugins.Tests.dll", "--no-progress");
        await UseAsync(Path.Combine(_place, "flow"));
        (await tests).AssertSucceeded();
    }

    /// <summary>Runs the flow of the sample: in the annex, on the store of SQLite; it fails, is resumed, and is read.</summary>
    private async Task UseAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        File.Copy(Path.Combine(Root, "samples", "plugins", "flow.cs"), Path.Combine(folder, "flow.cs"));
        string[] stores = ["--datastore-root", "sqlite:orders.db", "--metadata", "sqlite"];
        var run = await RunAsync(folder, ["run", "flow.cs", "--", .. stores, "run", "--with", "elapsed", "--fails", "true"]);
        Assert.True(run.ExitCode == 1, run.Output);
        Assert.Equal(3, OrderInAnnex().Count(run.Output));

        var resumed = await RunBuiltAsync(folder, [.. stores, "resume", "--fails", "false"]);
        resumed.AssertSucceeded();
        Assert.Contains("total = 60", resumed.Output, StringComparison.Ordinal);

        // Those that were measured are the cloned ones.
        var elapsed = await RunBuiltAsync(folder, ["--quiet", .. stores, "elapsed", "--longest", "3"]);
        Assert.Equal(3, MeasuredTask().Count(elapsed.Output));
        var logs = await RunBuiltAsync(folder, ["--quiet", .. stores, "logs", "latest/order/2"]);
        Assert.Matches("^order 1 in ", logs.Output);

        // What tasks say of a setting comes from the launching process; a wrong one is refused there.
        var wrong = await RunBuiltAsync(folder, [.. stores, "run"], ("METAFLOW_ELAPSED_LIMIT", "soon"));
        Assert.Contains("'METAFLOW_ELAPSED_LIMIT' cannot be 'soon'", wrong.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder, ".metaflow")), "All is in the file of SQLite.");
    }

    private Task<DotnetCommand> RunBuiltAsync(string folder, string[] arguments, params (string, string)[] variables)
        => RunAsync(folder, ["run", "--no-build", "flow.cs", "--", .. arguments], variables);

    private Task<DotnetCommand> RunAsync(string folder, params string[] arguments) => RunAsync(folder, arguments, []);

    private Task<DotnetCommand> RunAsync(string folder, string[] arguments, (string Name, string Value)[] variables)
    {
        var environment = variables.ToDictionary(static variable => variable.Name, static variable => variable.Value);
        environment["NUGET_PACKAGES"] = packages.Restored;
        environment["XDG_DATA_HOME"] = Directory.CreateDirectory(Path.Combine(_place, "data")).FullName;
        environment["METAFLOW_USER"] = "tester";
        environment["METAFLOW_ANNEX_HOME"] = Path.Combine(_place, "annex");
        return DotnetCommand.RunAsync(folder, environment, arguments);
    }

    private string CopySolution()
    {
        var source = Path.Combine(Root, "samples", "plugins");
        var target = Path.Combine(_place, "plugins");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var path = Path.GetRelativePath(source, file);
            if (!path.Split('/').Any(static part => part is "bin" or "obj"))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(target, path))!);
                File.Copy(file, Path.Combine(target, path));
            }
        }

        // Counts for the flow too, which lies below the same folder.
        File.WriteAllText(Path.Combine(_place, "nuget.config"), $"""
            <configuration>
              <packageSources><add key="metaflow" value="{packages.Feed}" /><add key="sample" value="{_place}" /></packageSources>
            </configuration>
            """);
        return target;
    }

    /// <summary>What the page shows has to compile: each of its blocks is a file of the tests' project.</summary>
    private static void WritePage(string project)
    {
        var blocks = Block().Matches(File.ReadAllText(Path.Combine(Root, "docs", "plug-ins.md")));
        Assert.InRange(blocks.Count, 4, 20);
        for (var i = 0; i < blocks.Count; i++)
        {
            // The suite runs for the launcher of the sample.
            var text = blocks[i].Groups[1].Value;
            File.WriteAllText(
                Path.Combine(project, $"Page{i}.cs"),
                text.Replace("sealed class BareLauncherTests", "abstract class BareLauncherTests", StringComparison.Ordinal));
        }
    }

    [GeneratedRegex("^```csharp compiled\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"order/\d+ \(annex \d+/\d+\)\] order \d in .*/annex$", RegexOptions.Multiline)]
    private static partial Regex OrderInAnnex();

    [GeneratedRegex(@"^ +\d+\.\d{3}  \d+/(start|order)/\d+$", RegexOptions.Multiline)]
    private static partial Regex MeasuredTask();
}
