namespace Metaflow.Scenarios.Tests.StepPackages;

/// <summary>Steps that run on a version of .NET of their own.</summary>
public sealed class PinnedRuntimeTests : IDisposable
{
    private const string Version = "10.0.987";

    private const string Program = """
        using System.Runtime.InteropServices;
        using Acme;

        public static class Program
        {
            public static Task<int> Main(string[] args) => FlowProgram.RunAsync<PinnedFlow>(args);
        }

        public partial class PinnedFlow : FlowSpec
        {
            public partial int Number { get; set; }

            [Step, DotNet("10.0.987")]
            Transition Start()
            {
                Say("start");
                Number = 1;
                return Next(Both);
            }

            [Step, DotNet("10.0.987"), NuGet("Acme.Lib", "3.0.0")]
            Transition Both()
            {
                Say("both");
                Number++;
                return Next(End);
            }

            [Step]
            void End() => Say($"end {Number}");

            private static void Say(string step)
                => Console.WriteLine($"{step}: {Path.GetFileName(RuntimeEnvironment.GetRuntimeDirectory().TrimEnd('/'))}, {Lib.Text}");
        }
        """;

    private readonly VersionsProgram _program = new(Program);

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task A_step_runs_on_the_version_of_NET_that_it_asks_for_also_when_only_the_datastore_has_it()
    {
        _program.Feed.AddRuntime(Version);
        var first = (await _program.RunAsync("run")).Succeeded();
        var shown = (await _program.RunAsync("environment", "show", "both")).Succeeded();
        _program.RemoveFeed();
        _program.RemoveCaches();
        var repeated = (await _program.RunAsync("run")).Succeeded();
        var unchanged = (await _program.RunAsync("run")).Succeeded();

        var own = $"{Environment.Version.ToString(3)}, acme 2.0.0";
        Assert.All([first, repeated, unchanged], run =>
        {
            Assert.Contains($"start: {Version}, acme 2.0.0", run.Output, StringComparison.Ordinal);
            Assert.Contains($"both: {Version}, acme 3.0.0", run.Output, StringComparison.Ordinal);
            Assert.Contains($"end 2: {own}", run.Output, StringComparison.Ordinal);
        });
        Assert.Contains($"dotnet::runtime=={Version}", shown.Output, StringComparison.Ordinal);
        Assert.Contains($"Microsoft.NETCore.App.Runtime.linux-x64 {Version}", shown.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_runtime_of_which_a_file_was_removed_or_changed_is_made_whole()
    {
        _program.Feed.AddRuntime(Version);
        (await _program.RunAsync("run")).Succeeded();
        var folder = new DirectoryInfo(_program.EnvironmentsFolder);
        Assert.Single(folder.EnumerateFiles("System.Runtime.dll", SearchOption.AllDirectories).ToList()).Delete();
        var dotnet = Assert.Single(folder.EnumerateFiles("dotnet", SearchOption.AllDirectories).ToList());
        await File.WriteAllBytesAsync(dotnet.FullName, new byte[dotnet.Length], TestContext.Current.CancellationToken);

        var run = (await _program.RunAsync("run")).Succeeded();

        // One that nobody may run has the right bytes.
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(dotnet.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var again = (await _program.RunAsync("run")).Succeeded();

        Assert.All([run, again], run => Assert.Contains($"start: {Version}", run.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("8.0.5", "MF7107", "compiled for net10.0")]
    [InlineData("10", "MF7103", "'10' in '--with dotnet' cannot be read")]
    [InlineData("10.0.*", "MF7103", "'10.0.*' in '--with dotnet' cannot be read")]
    [InlineData("", "MF7103", "There is no version of .NET in '--with dotnet'")]
    [InlineData("10.0.986", "MF7020", "Microsoft.NETCore.App.Runtime")]
    [InlineData("10.0.986", "MF7020", "Choose a version of .NET that a feed has")]
    public async Task A_version_that_cannot_be_is_named_before_the_run(string version, string code, string problem)
    {
        var run = await _program.RunAsync("run", "--with", $"dotnet:runtime={version}");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(code, run.Errors, StringComparison.Ordinal);
        Assert.Contains(problem, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Task is starting", run.All, StringComparison.Ordinal);
    }
}
