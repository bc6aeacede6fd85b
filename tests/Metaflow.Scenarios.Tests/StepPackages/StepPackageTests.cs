namespace Metaflow.Scenarios.Tests.StepPackages;

/// <summary>Steps that run with packages of their own.</summary>
public sealed class StepPackageTests : IDisposable
{
    private readonly VersionsProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task Steps_run_with_versions_below_above_and_equal_to_the_one_that_the_flow_was_compiled_with()
    {
        var run = (await _program.RunAsync("run")).Succeeded();

        AssertVersions(run);
        var values = _program.Place.Client().Flow("VersionsFlow").LatestRun!;
        Assert.Equal("1.0.0;3.0.0;2.0.0;", values.Data["seen"]);
        Assert.Equal(2, EnvironmentsOf(values).Count());
    }

    [Fact]
    public async Task A_value_whose_type_is_of_the_package_is_written_with_one_version_and_changed_with_another()
    {
        var run = (await _program.RunAsync("run")).Succeeded();

        Assert.Contains("firstblue 11", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_version_runs_the_step_again_and_the_plan_says_so()
    {
        (await _program.RunAsync("run")).Succeeded();
        _program.Feed.Add("Acme.Lib", "3.1.0", VersionsProgram.LibraryOf("3.1.0"));
        (await _program.RunAsync("environment", "resolve", "--force")).Succeeded();

        var plan = (await _program.RunAsync("resume", "--rerun-changed", "--dry-run")).Succeeded();
        var cached = (await _program.RunAsync("run", "--cache", "--explain")).Succeeded();

        Assert.True(plan.All.Contains("its packages changed", StringComparison.Ordinal), plan.All);
        Assert.Contains("its packages changed", cached.All, StringComparison.Ordinal);
        Assert.Contains("higher: acme 3.1.0", cached.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("start: acme", cached.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_is_repeated_from_the_datastore_alone_when_the_feed_and_all_caches_are_gone()
    {
        (await _program.RunAsync("run")).Succeeded();
        var before = EnvironmentsOf(_program.Place.Client().Flow("VersionsFlow").LatestRun!).ToList();
        _program.RemoveFeed();
        _program.RemoveCaches();

        AssertVersions((await _program.RunAsync("run")).Succeeded());

        Assert.Equal(before, EnvironmentsOf(_program.Place.Client().Flow("VersionsFlow").LatestRun!));
        Assert.False(Directory.Exists(_program.NuGetFolder), "Nothing asked NuGet.");
    }

    [Fact]
    public async Task A_machine_that_knows_no_environment_takes_those_of_the_datastore_when_the_feed_is_gone()
    {
        (await _program.RunAsync("run")).Succeeded();
        _program.RemoveFeed();
        _program.RemoveCaches();
        File.Delete(Path.Combine(_program.Place.Root, "dotnet_v2.cnd"));

        var run = (await _program.RunAsync("run")).Succeeded();

        AssertVersions(run);
        Assert.Contains("tester found on", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unchanged_flow_does_not_look_for_its_environments_again_and_a_change_is_noticed()
    {
        (await _program.RunAsync("run")).Succeeded();
        var list = Path.Combine(_program.Place.Root, "dotnet_v2.cnd");
        var changedAt = File.GetLastWriteTimeUtc(list);
        await File.WriteAllTextAsync(list, new string('x', (int)new FileInfo(list).Length), TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(list, changedAt);

        AssertVersions((await _program.RunAsync("run")).Succeeded());
        File.SetLastWriteTimeUtc(list, changedAt.AddSeconds(1));
        var noticed = await _program.RunAsync("run");

        Assert.Equal(1, noticed.ExitCode);
        Assert.Contains(list, noticed.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_the_environment_local_all_steps_run_with_the_packages_of_the_program()
    {
        var run = (await _program.RunAsync("run", "--environment", "local")).Succeeded();

        Assert.Contains("start: acme 2.0.0", run.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_program.EnvironmentsFolder));
    }

    [Fact]
    public async Task A_package_that_no_feed_has_is_named_with_the_step_before_the_run_begins()
    {
        _program.RemoveFeed();
        Directory.CreateDirectory(_program.Feed.Folder);

        var run = await _program.RunAsync("run");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("MF7020", run.Errors, StringComparison.Ordinal);
        Assert.Contains("step 'start', step 'higher': Unable to find package acme.lib", run.Errors, StringComparison.OrdinalIgnoreCase);
        Assert.False(Directory.Exists(_program.Place.Root), "There is no run.");
    }

    [Fact]
    public async Task What_the_packages_of_a_step_lack_is_said_when_they_are_resolved_and_checked_and_before_the_run()
    {
        // Version 3 has no longer what the flow was compiled against, and what only another step calls does not count.
        var changed = VersionsProgram.LibraryOf("3.2.0").Replace("public int Size", "public int Length", StringComparison.Ordinal);
        _program.Feed.Add("Acme.Lib", "3.2.0", changed);

        var before = (await _program.RunAsync("check")).Succeeded();
        var resolved = (await _program.RunAsync("environment", "resolve")).Succeeded();
        var check = (await _program.RunAsync("check")).Succeeded();
        var run = await _program.RunAsync("run");

        Assert.Contains("was not compared with the packages of step 'higher'.", before.All, StringComparison.Ordinal);
        Assert.Contains("MF7030", before.All, StringComparison.Ordinal);
        Assert.DoesNotContain("MF7030", check.All, StringComparison.Ordinal);
        foreach (var outcome in (CommandOutcome[])[resolved, check, run])
        {
            Assert.Contains("MF7026", outcome.All, StringComparison.Ordinal);
            Assert.Contains(
                "Step 'higher' runs with Acme.Lib 3.2.0.0, which lacks what the flow uses.", outcome.All, StringComparison.Ordinal);
            Assert.Contains("Size", outcome.All, StringComparison.Ordinal);
            Assert.DoesNotContain("Step 'start' runs with", outcome.All, StringComparison.Ordinal);
        }

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("MissingMethodException", run.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_named_environment_runs_a_step_and_can_be_extended()
    {
        (await _program.RunAsync("environment", "resolve", "start", "--alias", "team/old:v1")).Succeeded();
        _program.Feed.Add("Acme.More", "1.0.0", "namespace Acme; public static class More { }");

        var named = (await _program.RunAsync("--environment", "automatic", "run", "--with", "named_env:name=team/old:v1")).Succeeded();
        var extended = (await _program.RunAsync(
            "environment", "resolve", "end", "--json", "--with", "named_env:name=team/old:v1", "--with",
            "nuget:id=Acme.More,version=1.0.0")).Succeeded();
        var unknown = await _program.RunAsync("run", "--with", "named_env:name=team/other");

        Assert.Contains("end: acme 1.0.0", named.Output, StringComparison.Ordinal);
        Assert.Contains("nuget::acme.lib==[1.0.0]", extended.Output, StringComparison.Ordinal);
        Assert.Contains("Acme.More", extended.Output, StringComparison.Ordinal);
        Assert.Contains("MF7039", unknown.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_packages_need_comes_along_and_what_excludes_each_other_is_explained()
    {
        const string Needed = "namespace Acme; public static class Needed { public static string Name => \"needed 1\"; }";
        _program.Feed.Add("Acme.Needed", "1.0.0", Needed);
        _program.Feed.Add("Acme.Needed", "2.0.0", Needed.Replace("needed 1", "needed 2", StringComparison.Ordinal));
        const string Needs = "namespace Acme; public static class Lib { public static string Name => \"4\";"
            + " public static string Text => Needed.Name; }"
            + " public class Place { public string Name { get; set; } = \"\"; public int Size { get; set; } }";
        _program.Feed.Add("Acme.Lib", "4.0.0", Needs, [("Acme.Needed", "[1.0.0,3.0.0)")]);

        var shown = (await _program.RunAsync("environment", "resolve", "higher", "--json")).Succeeded();
        var run = (await _program.RunAsync("run")).Succeeded();
        var conflict = await _program.RunAsync("--with", "nuget:id=Acme.Needed,version=3.5", "run");

        Assert.Contains("Acme.Needed", shown.Output, StringComparison.Ordinal);
        Assert.Contains("higher: needed 1", run.Output, StringComparison.Ordinal);
        Assert.Equal(1, conflict.ExitCode);
        Assert.Contains("MF7020", conflict.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Native_and_satellite_files_of_packages_are_found()
    {
        var satellite = _program.Feed.Add("Acme.Texts.resources", "1.0.0", "");
        _program.Feed.Add(
            "Acme.Lib", "5.0.0", VersionsProgram.LibraryOf("3.0.0"), null,
            ("runtimes/linux-x64/native/libacme.so", [1, 2, 3]), ("lib/net10.0/de/Acme.Lib.resources.dll", await File.ReadAllBytesAsync(
                satellite, TestContext.Current.CancellationToken)));

        (await _program.RunAsync("environment", "resolve", "higher")).Succeeded();

        var unpacked = Directory.EnumerateFiles(_program.EnvironmentsFolder, "*", SearchOption.AllDirectories).ToList();
        Assert.Contains(unpacked, static file => file.EndsWith("/runtimes/linux-x64/native/libacme.so", StringComparison.Ordinal));
        Assert.Contains(unpacked, static file => file.EndsWith("/lib/net10.0/de/Acme.Lib.resources.dll", StringComparison.Ordinal));
        var dependencies = await File.ReadAllTextAsync(
            unpacked.Single(static file => file.EndsWith(".deps.json", StringComparison.Ordinal)), TestContext.Current.CancellationToken);
        Assert.Contains("\"native\":{\"runtimes/linux-x64/native/libacme.so\"", dependencies, StringComparison.Ordinal);
        Assert.Contains("\"locale\":\"de\"", dependencies, StringComparison.Ordinal);
        AssertStarts((await _program.RunAsync("run")).Succeeded());
    }

    [Fact]
    public async Task What_the_datastore_or_the_machine_lost_is_written_again()
    {
        (await _program.RunAsync("run")).Succeeded();
        var stored = Directory.EnumerateFiles(
            Path.Combine(_program.Place.Folder, "conda_env", "packages"), "*.nupkg", SearchOption.AllDirectories).ToList();
        File.Delete(stored[0]);
        await File.WriteAllBytesAsync(
            stored[1], new byte[new FileInfo(stored[1]).Length], TestContext.Current.CancellationToken);
        var programs = Directory.GetDirectories(Path.Combine(_program.EnvironmentsFolder, "programs"));
        await File.WriteAllTextAsync(Path.Combine(programs[0], "checks.json"), "{", TestContext.Current.CancellationToken);
        File.Delete(Path.Combine(programs[1], "Versions.deps.json"));

        AssertVersions((await _program.RunAsync("run")).Succeeded());
        (await _program.RunAsync("environment", "resolve", "--force")).Succeeded();

        _program.RemoveFeed();
        _program.RemoveCaches();
        AssertVersions((await _program.RunAsync("run")).Succeeded());
    }

    [Fact]
    public async Task A_package_without_a_name_and_a_folder_that_cannot_be_are_said_so()
    {
        var nameless = await _program.RunAsync("run", "--with", "nuget:version=1.0.0");
        var conflict = await _program.RunAsync("run", "--with", "nuget:id=Acme.Lib,version=2.0.0");
        await File.WriteAllTextAsync(_program.EnvironmentsFolder, "a file", TestContext.Current.CancellationToken);
        var folder = await _program.RunAsync("run");

        Assert.Equal(2, nameless.ExitCode);
        Assert.Contains("'--with nuget' names no package.", nameless.Errors, StringComparison.Ordinal);
        Assert.Contains("MF7105", conflict.Errors, StringComparison.Ordinal);
        Assert.Contains("'--with nuget'", conflict.Errors, StringComparison.Ordinal);
        Assert.Contains("MF7025", folder.Errors, StringComparison.Ordinal);
    }

    private static void AssertStarts(CommandOutcome run) => Assert.Contains("higher: acme 3.0.0", run.Output, StringComparison.Ordinal);

    [Fact]
    public async Task A_damaged_copy_in_the_datastore_is_never_loaded()
    {
        (await _program.RunAsync("run")).Succeeded();
        _program.RemoveFeed();
        _program.RemoveCaches();
        var packages = Path.Combine(_program.Place.Folder, "conda_env", "packages");
        var stored = Directory.EnumerateFiles(packages, "*.nupkg", SearchOption.AllDirectories).First();
        var bytes = await File.ReadAllBytesAsync(stored, TestContext.Current.CancellationToken);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(stored, bytes, TestContext.Current.CancellationToken);

        var run = await _program.RunAsync("run");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("MF7023", run.Errors, StringComparison.Ordinal);
        Assert.Contains("conda_env", run.Errors, StringComparison.Ordinal);
    }

    private static void AssertVersions(CommandOutcome run)
    {
        Assert.Contains("start: acme 1.0.0, assembly 1.0.0.0, base program", run.Output, StringComparison.Ordinal);
        Assert.Contains("higher: acme 3.0.0, assembly 3.0.0.0, base program", run.Output, StringComparison.Ordinal);
        Assert.Contains("end: acme 2.0.0, assembly 2.0.0.0, base program", run.Output, StringComparison.Ordinal);
    }

    private static IEnumerable<string> EnvironmentsOf(Client.RunHandle run)
        => run.Steps.SelectMany(static step => step.Tasks)
            .Select(static task => task.MetadataDictionary.GetValueOrDefault("conda_env_id")).OfType<string>()
            .Order(StringComparer.Ordinal);
}
