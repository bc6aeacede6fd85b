using System.IO.Compression;
using System.Text;
using Metaflow.Errors;

namespace Metaflow.Scenarios.Tests;

public sealed class SecretTests : IDisposable
{
    private static readonly string[] Values = ["inline-hunter22", "file-hunter22", "host-hunter22"];

    private readonly Workplace _place = new();

    public SecretTests()
    {
        File.WriteAllText(Path.Combine(_place.Folder, "secrets.env"), "FILE_SECRET=file-hunter22\n");
        _place.Environment["HOST_SECRET"] = "host-hunter22";
    }

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("raise")]
    public async Task Secrets_reach_the_step_and_nothing_else(string way)
    {
        using var process = _place.Start("SecretFlow", "run", "--way", way);
        var commands = new List<string>();
        var watching = Task.Run(() => Watch(process.Id, commands), TestContext.Current.CancellationToken);
        var outcome = (await process.EndAsync()).Succeeded();
        await watching;
        var task = _place.Client().Flow("SecretFlow").LatestRun!.Step("start").Task!;
        Assert.Equal(Values.Sum(static value => value.Length), task.Data.Get<int>("length"));
        Assert.Contains("plain visible too, secrets ***, ***, ***", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("on stderr ***", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("child ***", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("after: nothing", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("secrets ***, ***, ***", task.Stdout, StringComparison.Ordinal);
        Assert.Equal(way == "raise" ? "could not log in with ***" : null, task.Data.Get<StepFailure?>("failed")?.Message);
        Assert.Contains(commands, static command => command.Contains("step", StringComparison.Ordinal));
        foreach (var value in Values)
        {
            Assert.DoesNotContain(value, outcome.All, StringComparison.Ordinal);
            Assert.DoesNotContain(commands, command => command.Contains(value, StringComparison.Ordinal));
        }

        AssertNowhereInStore(Values);
    }

    [Fact]
    public async Task A_secret_of_several_lines_is_hidden_line_by_line_in_every_task_of_a_gang()
    {
        string[] lines = ["first-line-of-key", "second-line-of-key"];
        var path = Path.Combine(_place.Folder, "keys.json");
        await File.WriteAllTextAsync(
            path, "{\"KEY\": \"first-line-of-key\\nsecond-line-of-key\\n\"}", TestContext.Current.CancellationToken);
        var outcome = (await _place.RunAsync("SecretGangFlow", "run")).Succeeded();
        var run = _place.Client().Flow("SecretGangFlow").LatestRun!;
        Assert.Equal([37], run.Step("end").Task!.Data.Get<List<int>>("lengths"));
        Assert.Contains("node 0 has ***", outcome.Output, StringComparison.Ordinal);
        Assert.Contains(
            "wrong key:\n***",
            run.Step("work").Tasks.Select(static task => task.Data.Get<StepFailure?>("failed")?.Message)
                .Single(static text => text is not null),
            StringComparison.Ordinal);
        string[] values = [.. lines, "inline-token-77"];
        Assert.All(values, value => Assert.DoesNotContain(value, outcome.All, StringComparison.Ordinal));
        AssertNowhereInStore(values);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(100_000)]
    public async Task Nothing_that_a_program_prints_first_shows_a_secret(int length)
    {
        var secret = string.Concat(Enumerable.Range(0, length).Select(static i => (char)('a' + (i * 7 % 26))));
        await File.WriteAllTextAsync(
            Path.Combine(_place.Folder, "keys.json"),
            $$"""{"TOKEN": "talk-hunter22", "LONG": "{{secret}}"}""",
            TestContext.Current.CancellationToken);
        _place.Environment["SCENARIO_BANNER"] = "a banner";
        var outcome = (await _place.RunAsync("TalkativeSecretFlow", "run")).Succeeded();
        var task = _place.Client().Flow("TalkativeSecretFlow").LatestRun!.Step("start").Task!;
        Assert.Equal($"static constructor 13 {length} native 13", task.Data.Get<string>("seen"));
        Assert.All(
            ["a banner", "early static", "early constructor", "managed ***", "native ***", "child ***", "again ***, long ***, done",
                "\0metaflow-secrets:AAAA"],
            text => Assert.Contains(text, task.Stdout, StringComparison.Ordinal));
        Assert.All(
            ["a banner", "early native constructor", "managed error ***", "native error ***", "child error ***", "\0metaflow-secrets:AAAA"],
            text => Assert.Contains(text, task.Stderr, StringComparison.Ordinal));
        Assert.DoesNotContain("hunter22", outcome.All, StringComparison.Ordinal);
        Assert.DoesNotContain(secret[^20..], outcome.All, StringComparison.Ordinal);
        AssertNowhereInStore(["talk-hunter22", secret[^20..]]);
    }

    [Fact]
    public async Task A_run_that_a_step_starts_hides_the_secrets_of_the_step()
    {
        var outcome = (await _place.RunAsync("SecretParentFlow", "run")).Succeeded();
        Assert.Equal(13, _place.Client().Flow("SecretParentFlow").LatestRun!.Data.Get<int>("length"));
        Assert.Contains(
            "inherited ***", _place.Client().Flow("SecretChildFlow").LatestRun!.Step("start").Task!.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("file-hunter22", outcome.All, StringComparison.Ordinal);
        AssertNowhereInStore(["file-hunter22"]);
    }

    [Fact]
    public async Task A_secret_is_not_given_where_it_could_not_be_hidden()
    {
        _place.Environment["TMPDIR"] = Path.Combine(_place.Folder, "missing");
        var outcome = await _place.RunAsync("WrongSecretFlow", "run");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(ErrorCodes.SecretChannelNotOpened, outcome.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_folder_of_temporary_files_may_have_a_long_path()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_place.Folder, new string('t', 120))).FullName;
        _place.Environment["TMPDIR"] = folder;
        (await _place.RunAsync("WrongSecretFlow", "run")).Succeeded();
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public async Task A_secret_must_not_take_the_name_of_a_variable_that_is_set()
    {
        _place.Environment["FILE_SECRET"] = "set already";
        var outcome = await _place.RunAsync("WrongSecretFlow", "run");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(ErrorCodes.SecretNameRefused, outcome.Output, StringComparison.Ordinal);
        Assert.Contains("AllowOverride", outcome.Output, StringComparison.Ordinal);
        (await _place.RunAsync("LinearFlow", "run", "--with", "secrets:sources=file.secrets.env,allow_override=true")).Succeeded();
    }

    [Theory]
    [InlineData("METAFLOW_USER=eve")]
    [InlineData("1A=eve")]
    public async Task A_secret_must_have_a_name_that_can_be_set(string line)
    {
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "secrets.env"), line, TestContext.Current.CancellationToken);
        var outcome = await _place.RunAsync("WrongSecretFlow", "run");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(ErrorCodes.SecretNameRefused, outcome.Output, StringComparison.Ordinal);
    }

    private static void Watch(int processId, List<string> commands)
    {
        while (Directory.Exists($"/proc/{processId}"))
        {
            foreach (var folder in Directory.EnumerateDirectories("/proc")
                .Where(static folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])))
            {
                try
                {
                    commands.Add(File.ReadAllText(Path.Combine(folder, "cmdline")));
                }
                catch (IOException)
                {
                    // It ended.
                }
            }

            Thread.Sleep(20);
        }
    }

    private void AssertNowhereInStore(string[] values)
    {
        var files = Directory.GetFiles(_place.Root, "*", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var bytes = File.ReadAllBytes(file);
            var text = Encoding.Latin1.GetString(bytes) + Encoding.Latin1.GetString(Unpacked(bytes));
            Assert.All(values, value => Assert.False(text.Contains(value, StringComparison.Ordinal), $"'{value}' is in {file}"));
        }
    }

    private static byte[] Unpacked(byte[] bytes)
    {
        if (bytes is not [0x1f, 0x8b, ..])
        {
            return [];
        }

        using var zip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        zip.CopyTo(plain);
        return plain.ToArray();
    }
}
