using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Metaflow.Cli.Commands;
using Metaflow.Logs;
using Metaflow.Naming;
using Metaflow.Running;

namespace Metaflow.Cli.Tests;

/// <summary>A store that others write: no text in it can send the terminal a control sequence or forge a line, whichever command prints
/// it.</summary>
public sealed partial class HostileStoreTests : IDisposable
{
    private const string Hostile = "\e[2J\e]0;title\a\r\nFORGED\u0085FORGED\u2028FORGED\u202e\u009b31m\tx";
    private static readonly string[] Structure =
    [
        "flow_id", "run_number", "step_name", "task_id", "sha", "content_type", "field_name", "name", "type", "value", "ds_type",
    ];

    private readonly SampleStore _store = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_command_prints_a_control_character_of_the_store(bool isTerminal)
    {
        Assert.NotEmpty(await FillAsync(Structure));

        foreach (var command in CommandLines())
        {
            await AssertHarmlessAsync(command, isTerminal);
        }
    }

    [Fact]
    public async Task No_error_about_a_damaged_store_does_either()
    {
        await FillAsync(["ts_epoch"]);

        foreach (var command in CommandLines())
        {
            await AssertHarmlessAsync(command, isTerminal: false);
        }
    }

    [Fact]
    public void Every_command_is_tried()
    {
        var tried = CommandLines().ToList();

        Assert.All(
            FlowCommands.Names,
            name => Assert.Contains(tried, line => line == name || line.StartsWith(name + " ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_tags_stay_readable()
    {
        await FillAsync(Structure);

        Assert.Contains(
            @"\x1b[2J\x1b]0;title\x07\r\nFORGED\x85FORGED\u2028FORGED\u202e\x9b31m\tx",
            (await _store.ExecuteAsync("tag", "list", "7", "--flat")).Out,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_output_of_a_task_is_shown_as_it_is(bool isTerminal)
    {
        var run = await _store.AddRunAsync("7");
        await _store.AddTaskAsync(run, "only", "1", new Dictionary<string, object?>(), (LogKind.Stdout, "\e[31mred\e[0m\t50%\r100%"));

        var logs = await CommandLineRun.WithStreamsAsync(
            _store.Application, streams => streams with { WorkingFolder = _store.Folder, OutputIsTerminal = isTerminal }, "--quiet", "logs",
            "7/only", "--stdout");

        Assert.Equal("\e[31mred\e[0m\t50%\r100%\n", logs.Out);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_run_says_is_told_from_what_its_tasks_print(bool isTerminal)
    {
        var task = new TaskPath("EmptyFlow", "7" + Hostile, "only", "1");
        var application = new FakeApplication
        {
            Definition = SampleFlows.Empty,
            OnRun = (_, observer, _) =>
            {
                RunEvent[] events =
                [
                    new RunEvent.RunStarting(DateTimeOffset.UnixEpoch, "7" + Hostile),
                    new RunEvent.Message(DateTimeOffset.UnixEpoch, "note" + Hostile),
                    new RunEvent.TaskStarting(DateTimeOffset.UnixEpoch, task, LaunchHandle.OfProcess(0, null), 17, false),
                    new RunEvent.TaskOutput(DateTimeOffset.UnixEpoch, task, LaunchHandle.OfProcess(17, null), "\e[1mown\e[m", false),
                    new RunEvent.TaskFailed(
                        DateTimeOffset.UnixEpoch, task, LaunchHandle.OfProcess(0, null), 17, "reason" + Hostile, null, false),
                ];
                Array.ForEach(events, observer.OnEvent);
                return new RunOutcome("7", true, 0, null);
            },
        };

        var run = await CommandLineRun.WithStreamsAsync(application, streams => streams with { OutputIsTerminal = isTerminal }, "run");

        Assert.Contains("\e[1mown\e[m", run.Out, StringComparison.Ordinal);
        AssertHarmless(
            run.Out.Replace("\e[1mown\e[m", "", StringComparison.Ordinal).Replace("\r\e[2K", "", StringComparison.Ordinal),
            isTerminal,
            "run");
    }

    public void Dispose() => _store.Dispose();

    // Every argument that names something in the store, good or not.
    private static IEnumerable<string> CommandLines() =>
    [
        "runs", "runs --all", "runs --all --json", "gc", "gc --all --older-than 1d", "gc --all --json",
        "fsck", "fsck --content", "fsck --json", "fsck --content --repair",
        "show", "show --json", "check", "run", "resume", "resume --dry-run", "resume --dry-run --json", "spin only",
        "debug", "debug stacks 7/only", "debug stacks HOSTILE/only", "dump 7", "dump 7/only", "dump 7/only --format text",
        "dump 7/only --json", "dump 7/only --format python", "dump 7/only/1 --private", "dump 7/only/HOSTILE",
        "dump HOSTILE/only", "logs 7", "logs 7/only --timestamps", "logs 7/only --json", "logs 7/HOSTILE", "logs scrub 7/only",
        "diff 7 8", "diff 7 8 --json", "diff 7 HOSTILE", "tag", "tag list", "tag list --json", "tag list 7 --group-by-run",
        "tag list --group-by-tag", "tag list --flat", "tag list --quiet", "tag list HOSTILE", "tag add --run-id 7 more",
        "tag add --run-id 7 more --json", "tag add more", "tag remove --run-id 7 one", "tag replace --run-id 7 --add a --remove b",
        "output-dot", "output-raw", "output-raw --json", "completion bash", "complete -- logs 7", "complete -- tag list 9",
        "complete -- HOSTILE", "version", "help", "help HOSTILE", "HOSTILE", "runs --HOSTILE", "--namespace HOSTILE runs",
        "--datastore-root HOSTILE runs", "gc --all --tag one --delete",
    ];

    private async Task AssertHarmlessAsync(string command, bool isTerminal)
    {
        var run = await CommandLineRun.WithStreamsAsync(
            _store.Application,
            streams => streams with { WorkingFolder = _store.Folder, OutputIsTerminal = isTerminal, ErrorIsTerminal = isTerminal },
            [.. command.Split(' ').Select(static word => word.Replace("HOSTILE", "9" + Hostile, StringComparison.Ordinal))]);

        Assert.False(run.Error.Contains("MF9001", StringComparison.Ordinal), command + ": " + run.Error);
        AssertHarmless(run.Out, isTerminal, command);
        AssertHarmless(run.Error, isTerminal, command);
        if (run.ExitCode == 0 && command.Contains("json", StringComparison.Ordinal))
        {
            // Lines of logs are objects of their own; every other output is one value.
            var values = command.StartsWith("logs", StringComparison.Ordinal)
                ? run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                : [run.Out];
            Assert.All(values, static value => JsonDocument.Parse(value).Dispose());
        }
    }

    private static void AssertHarmless(string text, bool isTerminal, string command)
    {
        var plain = isTerminal ? Colours().Replace(text, "") : text;
        Assert.All(plain.Where(static letter => letter is not ('\n' or '\t')), letter => Assert.False(
            char.IsControl(letter) || letter is '\u202e' or '\u2028', $"'{command}' printed U+{(int)letter:X4}."));
        Assert.False(
            plain.Split('\n').Any(static line => line.TrimStart().StartsWith("FORGED", StringComparison.Ordinal)),
            $"'{command}' printed a forged line.");
    }

    // Runs, tasks, artifacts and logs of a usual run, of which every text that is not spared gets a hostile end.
    private async Task<IReadOnlyList<string>> FillAsync(string[] spared)
    {
        foreach (var id in new[] { "7", "8" })
        {
            var run = await _store.AddRunAsync(id, "ada", "one", "two");
            var artifacts = new Dictionary<string, object?>
            {
                ["word"] = id + Hostile,
                ["odd" + Hostile] = new Dictionary<string, object?> { [Hostile] = new[] { Hostile } },
            };
            await _store.AddTaskAsync(run, "only", "1", artifacts, (LogKind.Stdout, "plain"), (LogKind.Stderr, "words"));
            await _store.Metadata.RecordAsync(
                run, new("EmptyFlow", id, "only", "1"), [new("note", "host" + Hostile, "note", ["attempt_id:0"])], [],
                CancellationToken.None);
        }

        var odd = await _store.AddRunAsync("9" + Hostile, "ada", "three");
        await _store.AddTaskAsync(odd, "only", "1" + Hostile, new Dictionary<string, object?> { ["word"] = 1 });
        return [.. Directory.EnumerateFiles(_store.Root, "*.json", SearchOption.AllDirectories).Where(path => Spoil(path, spared))];
    }

    private static bool Spoil(string path, string[] spared)
    {
        if (Path.GetFileName(path).Contains("data.json", StringComparison.Ordinal))
        {
            return false;
        }

        var json = JsonNode.Parse(File.ReadAllText(path))!;
        var changed = Spoil(json, spared);
        File.WriteAllText(path, json.ToJsonString());
        return changed;
    }

    private static bool Spoil(JsonNode? json, string[] spared)
    {
        var changed = false;
        foreach (var (name, value) in json is JsonObject members ? members.Where(member => !spared.Contains(member.Key)).ToList() : [])
        {
            switch (value)
            {
                case JsonValue text when text.TryGetValue<string>(out var words):
                    json![name] = words + Hostile;
                    changed = true;
                    break;
                case JsonArray list:
                    json![name] = new JsonArray([.. list.Select(static item => (JsonNode)(item!.GetValue<string>() + Hostile))]);
                    changed = true;
                    break;
            }
        }

        return changed;
    }

    [GeneratedRegex(@"\e\[[0-9;]*m|\e\[\?7[lh]")]
    private static partial Regex Colours();
}
