using Metaflow.Python.Tests.Channels;
using Metaflow.Scenarios.Tests.Durability;

namespace Metaflow.Scenarios.Tests.StepPackages;

/// <summary>Environments with packages of conda and of the Python package index that the tool resolves, for other programs.</summary>
public sealed class PythonToolTests(PythonWorld world)
{
    [Fact]
    public async Task An_environment_of_a_file_is_resolved_made_in_a_folder_without_its_servers_and_exported()
    {
        await using var program = new PythonProgram(await world.RequireAsync(), Flow, ("environment.yml", """
            channels:
              - CHANNEL
            dependencies:
              - python=3.11
              - pandas=1.5.3
              - pip:
                - milk
            """));
        var file = Path.Combine(program.Place.Folder, "environment.yml");
        var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            file, text.Replace("CHANNEL", program.Channel, StringComparison.Ordinal), TestContext.Current.CancellationToken);

        var resolved = (await ToolAsync(program, "resolve", "--file", "environment.yml", "--alias", "team/pandas:v1")).Succeeded();
        var again = (await ToolAsync(program, "resolve", "--file", "environment.yml")).Succeeded();
        await program.Server.DisposeAsync();
        program.RemoveCaches();
        (await ToolAsync(program, "create", "team/pandas:v1", "--into-dir", "out")).Succeeded();
        var unchanged = (await ToolAsync(program, "create", "team/pandas:v1", "--force")).Succeeded();
        var module = Directory.EnumerateFiles(Path.Combine(program.EnvironmentsFolder, "prefixes"), "*.py", SearchOption.AllDirectories)
            .First(static path => path.Contains("/site-packages/milk", StringComparison.Ordinal));
        await File.AppendAllTextAsync(module, "# changed\n", TestContext.Current.CancellationToken);
        var changed = (await ToolAsync(program, "create", "team/pandas:v1", "--force")).Succeeded();
        var explicitly = (await ToolAsync(program, "export", "team/pandas:v1", "--format", "explicit")).Succeeded();
        var yaml = (await ToolAsync(program, "export", "team/pandas:v1", "--format", "environment.yml")).Succeeded();

        Assert.Contains("resolved now", resolved.Output, StringComparison.Ordinal);
        Assert.Contains("(mixed)", resolved.Output, StringComparison.Ordinal);
        Assert.Contains(": known", again.Output, StringComparison.Ordinal);
        Assert.Contains(" 0 unpacked now", unchanged.All, StringComparison.Ordinal);
        Assert.DoesNotContain(" 0 unpacked now", changed.All, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "changed", await File.ReadAllTextAsync(module, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("@EXPLICIT\n", explicitly.Output, StringComparison.Ordinal);
        Assert.Matches($"{program.Channel}/linux-64/pandas-1\\.5\\.3-[^ ]*\\.conda#[0-9a-f]{{32}}\n", explicitly.Output);
        Assert.Matches("\n  - pandas=1\\.5\\.3=.*\n", yaml.Output);
        Assert.Contains("    - milk==", yaml.Output, StringComparison.Ordinal);
        var prefix = Path.Combine(program.Place.Folder, "out");
        var printed = await Command.RunAsync(
            Path.Combine(prefix, "bin", "python"), ["-c", "import milk, pandas, sys; print(sys.prefix, pandas.__version__)"],
            new Dictionary<string, string>(StringComparer.Ordinal), TestContext.Current.CancellationToken);
        Assert.Equal($"{prefix} 1.5.3\n", printed);
    }

    [Fact]
    public async Task What_nobody_has_used_for_a_month_goes_from_this_machine_and_is_made_again_from_the_datastore()
    {
        await using var program = new PythonProgram(await world.RequireAsync(), Flow, ("requirements.txt", "milk\n"));
        var records = Path.Combine(program.Place.Folder, "conda_env", "envs");
        (await ToolAsync(program, "resolve", "-r", "requirements.txt", "--python", "3.11", "--alias", "team/milk:v1")).Succeeded();
        (await ToolAsync(program, "create", "team/milk:v1")).Succeeded();
        await program.Server.DisposeAsync();
        var young = (await ToolAsync(program, "gc")).Succeeded();

        Age(program.EnvironmentsFolder);
        Directory.Move(records, records + ".away");
        var here = (await ToolAsync(program, "gc")).Succeeded();
        Directory.Move(records + ".away", records);
        var planned = (await ToolAsync(program, "gc", "--dry-run")).Succeeded();
        var stored = (await ToolAsync(program, "gc")).Succeeded();
        var archives = Files(program, "archives");
        (await ToolAsync(program, "create", "team/milk:v1")).Succeeded();

        Assert.DoesNotContain("conda", young.Output, StringComparison.Ordinal);
        Assert.Matches(
            @"Deleted of packages of conda and Python: \d environment folders? \([^)]*\), \d+ unpacked packages \([^)]*\)\.\n",
            here.Output);
        Assert.Matches(@"Would delete of packages of conda and Python: \d+ downloaded files \(.*\)\.\n", planned.Output);
        Assert.Matches(@"Deleted of packages of conda and Python: \d+ downloaded files \(.*\)\.\n", stored.Output);
        Assert.Empty(archives);
        Assert.NotEmpty(Files(program, "archives"));
        Assert.Contains(Files(program, "prefixes"), static path => path.EndsWith(".metaflowenv", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_downloaded_file_that_was_damaged_is_fetched_from_the_datastore_again_and_never_stored()
    {
        await using var program = new PythonProgram(await world.RequireAsync(), Flow, ("requirements.txt", "milk\n"));
        (await ToolAsync(program, "resolve", "-r", "requirements.txt", "--python", "3.11", "--alias", "team/milk:v1")).Succeeded();
        await program.Server.DisposeAsync();
        var stored = Directory.EnumerateFiles(
            Path.Combine(program.Place.Folder, "conda_env", "packages"), "*", SearchOption.AllDirectories).ToDictionary(
                static path => path, File.ReadAllBytes);
        Damage(program);
        foreach (var folder in (string[])["prefixes", "conda"])
        {
            Directory.Delete(Path.Combine(program.EnvironmentsFolder, folder), recursive: true);
        }

        (await ToolAsync(program, "create", "team/milk:v1")).Succeeded();

        Assert.All(stored, static file => Assert.Equal(file.Value, File.ReadAllBytes(file.Key)));
        var names = stored.ToLookup(static file => Path.GetFileName(file.Key), static file => file.Value);
        Assert.All(
            Files(program, "archives"), path => Assert.Contains(File.ReadAllBytes(path), names[Path.GetFileName(path)]));
    }

    // One byte in the middle of each file.
    private static void Damage(PythonProgram program)
    {
        foreach (var path in Files(program, "archives"))
        {
            using var file = File.Open(path, FileMode.Open);
            file.Position = file.Length / 2;
            var changed = (byte)(file.ReadByte() ^ 1);
            file.Position--;
            file.WriteByte(changed);
        }
    }

    [Fact]
    public async Task Many_processes_at_once_of_which_half_are_killed_leave_one_complete_environment_and_no_lock()
    {
        await using var program = new PythonProgram(await world.RequireAsync(), Flow, ("requirements.txt", "milk\n"));
        (await ToolAsync(program, "resolve", "-r", "requirements.txt", "--python", "3.11", "--alias", "team/milk:v1")).Succeeded();
        await program.Server.DisposeAsync();
        program.RemoveCaches();
        var random = new Random(7);
        var processes = Enumerable.Range(0, FaultSweep.IsLong ? 100 : 24)
            .Select(_ => program.Place.StartTool("environment", "create", "team/milk:v1", "--quiet")).ToList();
        foreach (var process in processes.Where(static (_, i) => i % 2 > 0).OrderBy(_ => random.Next()))
        {
            await Task.Delay(random.Next(300), TestContext.Current.CancellationToken);
            process.Kill9();
        }

        for (var i = 0; i < processes.Count; i += 2)
        {
            (await processes[i].EndAsync()).Succeeded();
        }

        // Whatever the last one of the killed processes left is complete or gone: nobody holds a lock.
        var verified = (await ToolAsync(program, "create", "team/milk:v1", "--force")).Succeeded();
        Assert.Contains(" 0 unpacked now", verified.All, StringComparison.Ordinal);
        var prefixes = Directory.GetDirectories(Path.Combine(program.EnvironmentsFolder, "prefixes"));
        var printed = await Command.RunAsync(
            Path.Combine(Assert.Single(prefixes), "bin", "python"), ["-c", "import milk; print(milk.__name__)"],
            new Dictionary<string, string>(StringComparer.Ordinal), TestContext.Current.CancellationToken);
        Assert.Equal("milk\n", printed);
        processes.ForEach(static process => process.Dispose());
    }

    private static void Age(string environments)
    {
        var old = DateTime.UtcNow - TimeSpan.FromDays(31);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(environments, "archives"), "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, old);
        }

        foreach (var folder in ((string[])["prefixes", "conda"]).SelectMany(
            name => Directory.EnumerateDirectories(Path.Combine(environments, name))))
        {
            Directory.SetLastWriteTimeUtc(folder, old);
        }
    }

    private static List<string> Files(PythonProgram program, string folder)
        => [.. Directory.EnumerateFiles(Path.Combine(program.EnvironmentsFolder, folder), "*", SearchOption.AllDirectories)];

    private const string Flow = """
        public static class Program
        {
            public static Task<int> Main(string[] args) => FlowProgram.RunAsync<NoFlow>(args);
        }

        public partial class NoFlow : FlowSpec
        {
            [Step]
            Transition Start() => Next(End);

            [Step]
            void End()
            {
            }
        }
        """;

    private static Task<CommandOutcome> ToolAsync(PythonProgram program, params string[] arguments)
        => program.Place.RunToolAsync(["environment", .. arguments]);
}
