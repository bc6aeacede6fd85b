using System.Diagnostics;
using System.Text.Json;
using Metaflow.Errors;

namespace Metaflow.Tool.Tests.Environments;

/// <summary>Environments that the tool creates on this machine.</summary>
public sealed class EnvironmentCreateTests(EnvironmentFeed feed) : IClassFixture<EnvironmentFeed>, IDisposable
{
    private static readonly string[] Files =
    [
        "Acme.Base.dll", "Acme.Lib.dll", "acme.so", "de/Acme.Base.resources.dll", "environment.json", "runtimes/any/native/acme.so",
    ];

    private readonly EnvironmentPlace _place = new(feed);

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_machine_that_knows_nothing_creates_an_environment_from_the_datastore_as_a_build_would_lay_it_out()
    {
        _place.ForgetMachine();

        var run = await _place.RunAsync("create", "team/training:v1", "--into-dir", "out");

        Assert.Equal((0, _place.PathOf("out") + "\n"), (run.ExitCode, run.Out));
        Assert.EndsWith(": 2 packages, 2 unpacked now.\n", run.Error, StringComparison.Ordinal);
        Assert.Equal(Files, FilesIn("out"));
        Assert.Equal("Acme.Lib 1.0.0", File.ReadAllText(_place.PathOf("out", "Acme.Lib.dll")));
        using var record = JsonDocument.Parse(File.ReadAllBytes(_place.PathOf("out", "environment.json")));
        Assert.Equal(EnvironmentFeed.Machine, record.RootElement.GetProperty("arch").GetString());
        Assert.Equal(2, record.RootElement.GetProperty("environment").GetProperty("packages").GetArrayLength());
        Assert.Contains("On this machine       yes", await _place.SucceedAsync("show", "team/training:v1"), StringComparison.Ordinal);

        // It is known from now on, so that nobody tidies its packages up.
        Assert.Contains("here, stored", await _place.SucceedAsync("list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_with_files_is_left_alone_unless_forced_and_then_keeps_what_is_no_environment()
    {
        Directory.CreateDirectory(_place.PathOf("out"));
        File.WriteAllText(_place.PathOf("out", "notes.txt"), "mine");
        await _place.RefuseAsync(ErrorCodes.FolderHasContent, "create", "team/training:v1", "--into-dir", "out");
        Assert.Equal(["notes.txt"], FilesIn("out"));

        await _place.SucceedAsync("create", "team/training:v1", "--into-dir", "out", "--force");
        File.WriteAllText(_place.PathOf("out", "Acme.Lib.dll"), "damaged");
        File.WriteAllText(
            _place.PathOf("out", "environment.json"),
            """{"files":["Acme.Base.dll","de/Former.resources.dll","../requirements.txt"]}""");
        File.WriteAllText(_place.PathOf("out", "de", "Former.resources.dll"), "former");
        await _place.SucceedAsync("create", "team/training:v1", "--into-dir", "out", "--force");

        Assert.Equal([.. Files[..^1], "notes.txt", Files[^1]], FilesIn("out"));
        Assert.Equal("Acme.Lib 1.0.0", File.ReadAllText(_place.PathOf("out", "Acme.Lib.dll")));
        Assert.True(File.Exists(_place.PathOf("requirements.txt")), "A file outside the folder is nobody's.");
    }

    [Fact]
    public async Task What_a_killed_process_left_in_the_folder_is_completed()
    {
        Directory.CreateDirectory(_place.PathOf("out"));
        File.WriteAllText(_place.PathOf("out", "environment.json.unfinished"), """{"files":["Acme.Base.dll","Other.dll"]}""");
        File.WriteAllText(_place.PathOf("out", "Other.dll"), "half");

        await _place.SucceedAsync("create", "team/training:v1", "--into-dir", "out");

        Assert.Equal(Files, FilesIn("out"));
    }

    [Fact]
    public async Task A_folder_can_be_named_instead_of_its_path()
    {
        using var json = JsonDocument.Parse(await _place.SucceedAsync("create", "team/training:v1", "--name", "mine", "--json"));

        Assert.Equal(_place.PathOf("environments", "named", "mine"), json.RootElement.GetProperty("folder").GetString());
        Assert.Equal(Files, FilesIn("environments/named/mine"));
        await _place.RefuseAsync(ErrorCodes.FolderHasContent, "create", "team/training:v1", "--name", "mine");
    }

    [Fact]
    public async Task What_is_unpacked_is_told_with_packages_and_bytes_and_nothing_when_all_is_there()
    {
        var cold = await _place.RunAsync("create", "team/training:v1");
        var warm = await _place.RunAsync("create", "team/training:v1");

        Assert.Matches(@"^Unpacked 2 packages \([\d.]+ KB\)\.\nEnvironment .*2 unpacked now\.\n$", cold.Error);
        Assert.Matches(@"^Environment .*: 2 packages, 0 unpacked now\.\n$", warm.Error);
    }

    [Fact]
    public async Task A_terminal_shows_how_far_it_is_in_a_line_that_goes_again_and_quiet_and_JSON_show_nothing()
    {
        _place.IsTerminal = true;
        var live = await _place.RunAsync("create", "team/training:v1");
        _place.ForgetMachine();
        var quiet = await _place.RunAsync("create", "team/training:v1", "--quiet");
        _place.ForgetMachine();
        var json = await _place.RunAsync("create", "team/training:v1", "--json");

        Assert.Contains("Unpacking packages: 0 of 2, 0 B of ", live.Error, StringComparison.Ordinal);
        Assert.Contains("\r\e[JUnpacked 2 packages (", live.Error, StringComparison.Ordinal);
        Assert.Equal("", quiet.Error);
        Assert.DoesNotContain("\e", json.Error, StringComparison.Ordinal);
        using var parsed = JsonDocument.Parse(json.Out);
    }

    [Fact]
    public async Task A_file_that_was_cut_off_is_unpacked_again_and_one_with_other_bytes_when_forced()
    {
        await _place.SucceedAsync("create", "team/training:v1");
        var file = Directory.EnumerateFiles(_place.PathOf("environments", "packages"), "Acme.Lib.dll", SearchOption.AllDirectories)
            .Single();
        var content = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(file, content[..4], TestContext.Current.CancellationToken);
        Assert.Contains("On this machine       no", await _place.SucceedAsync("show", "team/training:v1"), StringComparison.Ordinal);

        Assert.EndsWith("1 unpacked now.\n", (await _place.RunAsync("create", "team/training:v1")).Error, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        await File.WriteAllTextAsync(file, new string('x', content.Length), TestContext.Current.CancellationToken);
        Assert.EndsWith("0 unpacked now.\n", (await _place.RunAsync("create", "team/training:v1")).Error, StringComparison.Ordinal);

        var forced = await _place.RunAsync("create", "team/training:v1", "--force");

        Assert.EndsWith("1 unpacked now.\n", forced.Error, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(ErrorCodes.InvalidValue, "create", "team/training:v1", "--name", "../outside")]
    [InlineData(ErrorCodes.OptionsConflict, "create", "team/training:v1", "--name", "one", "--into-dir", "two")]
    [InlineData(ErrorCodes.EnvironmentFolderNotWritten, "create", "team/training:v1", "--into-dir", "requirements.txt")]
    [InlineData(ErrorCodes.EnvironmentFolderNotWritten, "create", "team/training:v1", "--into-dir", "requirements.txt/out")]
    [InlineData(ErrorCodes.EnvironmentUnknown, "create", "team/nothing")]
    [InlineData(ErrorCodes.EnvironmentNameInvalid, "create", "No Name")]
    public Task What_cannot_be_created_is_refused(string code, params string[] arguments) => _place.RefuseAsync(code, arguments);

    [Fact]
    public async Task A_hundred_processes_at_once_of_which_half_are_killed_leave_one_complete_environment_and_no_lock()
    {
        var random = new Random(7);
        var processes = Enumerable.Range(0, 100).Select(number => feed.Start(
            _place.Folder,
            ["environment", "create", "team/training:v1", "--quiet", .. number % 2 == 0 ? (string[])[] : ["--into-dir", "out", "--force"]]))
            .ToList();
        var killed = processes.Where(static (_, i) => i % 4 > 1).ToList();
        var others = processes.Except(killed).ToList();
        foreach (var process in killed.OrderBy(_ => random.Next()))
        {
            await Task.Delay(random.Next(250), TestContext.Current.CancellationToken);
            process.Kill();
        }

        foreach (var process in others)
        {
            var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == 0, error);
        }

        // Whatever the last one of the killed processes left is completed at once: nobody holds a lock.
        var watch = Stopwatch.StartNew();
        await _place.SucceedAsync("create", "team/training:v1", "--into-dir", "out", "--force");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(90), "A lock was held.");
        Assert.Equal(Files, FilesIn("out"));
        Assert.Equal(2, Directory.EnumerateDirectories(_place.PathOf("environments", "packages"))
            .Where(static package => Path.GetFileName(package) != ".unfinished").SelectMany(Directory.EnumerateDirectories).Count());
        processes.ForEach(static process => process.Dispose());
    }

    private IEnumerable<string> FilesIn(string folder)
        => Directory.EnumerateFiles(_place.PathOf(folder), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(_place.PathOf(folder), file).Replace('\\', '/')).Order(StringComparer.Ordinal);
}
