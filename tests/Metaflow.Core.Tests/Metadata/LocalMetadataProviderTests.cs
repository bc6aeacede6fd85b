using System.Text.Json;
using Metaflow.Artifacts;
using Metaflow.Core.Tests.Storage;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;

namespace Metaflow.Core.Tests.Metadata;

public sealed class LocalMetadataProviderTests : ConformingMetadataProviderTests, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_run_keeps_its_time_when_Python_tags_it()
    {
        // The reference writes the time of a run anew with its tags.
        var id = (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1000).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var run = await Create().RegisterRunAsync(NewRun(id), Token);
        var self = Path.Combine(_folder.Root, "F", run.RunId, "_meta", "_self.json");
        var milliseconds = run.CreatedAt.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        var text = await File.ReadAllTextAsync(self, Token);
        Assert.Contains(milliseconds, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            self,
            text.Replace(
                milliseconds,
                run.CreatedAt.AddHours(3).ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture),
                StringComparison.Ordinal),
            Token);
        Assert.Equal(run.CreatedAt, (await Create().FindRunAsync("F", run.RunId, Token))!.CreatedAt, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Records_have_the_names_and_members_of_the_reference()
    {
        var run = await Create().RegisterRunAsync(NewRun("17"), Token);
        var task = new TaskPath("F", "17", "start", "1");
        await Create().RegisterTaskAsync(run, task, Token);
        await Create().RecordAsync(
            run, task, [Datum("attempt_ok", "True", "internal_attempt_status"), Datum("foreach-stack", new List<string> { "items=y" })],
            [Artifact("x", 1)], Token);

        var folder = Path.Combine(_folder.Root, "F/17/start/1/_meta");
        Assert.Equal(["flow_id", "ts_epoch"], Members(Path.Combine(_folder.Root, "F/_meta/_self.json")));
        Assert.Equal(
            ["run_number", "flow_id", "user_name", "tags", "system_tags", "ts_epoch"],
            Members(Path.Combine(_folder.Root, "F/17/_meta/_self.json")));
        Assert.Equal(
            ["run_number", "step_name", "flow_id", "user_name", "tags", "system_tags", "ts_epoch"],
            Members(Path.Combine(_folder.Root, "F/17/start/_meta/_self.json")));
        Assert.Equal(
            ["run_number", "step_name", "task_id", "flow_id", "user_name", "tags", "system_tags", "ts_epoch"],
            Members(Path.Combine(folder, "_self.json")));
        Assert.Equal(
            ["run_number", "step_name", "task_id", "attempt_id", "name", "content_type", "type", "sha", "ds_type", "location", "flow_id",
                "user_name", "tags", "system_tags", "ts_epoch"],
            Members(Path.Combine(folder, "1_artifact_x.json")));
        var stack = Directory.GetFiles(folder, "sysmeta_foreach-stack_*.json").Single();
        Assert.Equal(
            ["flow_id", "run_number", "step_name", "task_id", "field_name", "type", "value", "tags", "user_name", "ts_epoch"],
            Members(stack));
        Assert.Contains("\"value\":[\"items=y\"]", await File.ReadAllTextAsync(stack, Token), StringComparison.Ordinal);
        Assert.Contains(
            JsonDocument.Parse(await File.ReadAllTextAsync(stack, Token)).RootElement.GetProperty("ts_epoch").GetRawText(),
            stack,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_are_ASCII_whatever_the_tags_say()
    {
        var run = await Create().RegisterRunAsync(NewRun("17") with { Tags = ["grüße", "quo\"te"] }, Token);

        Assert.All(
            await File.ReadAllBytesAsync(Path.Combine(_folder.Root, "F/17/_meta/_self.json"), Token),
            static letter => Assert.InRange(letter, 32, 126));
        Assert.Equal(run.Tags, (await Create().FindRunAsync("F", "17", Token))!.Tags);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"flow_id\": \"F\", \"ts_ep")]
    [InlineData("[]")]
    [InlineData("{\"ts_epoch\": \"soon\"}")]
    [InlineData("{\"ts_epoch\": 99999999999999999}")]
    public async Task A_half_written_record_is_one_clear_error_that_names_the_file_MF5001(string content)
    {
        await Create().RegisterRunAsync(NewRun("17"), Token);
        var file = Path.Combine(_folder.Root, "F/17/_meta/_self.json");
        await File.WriteAllTextAsync(file, content, Token);

        var error = await Assert.ThrowsAsync<MetadataException>(async () => await Create().FindRunAsync("F", "17", Token));
        Assert.Equal("MF5001", error.Code);
        Assert.Contains(file, error.What, StringComparison.Ordinal);

        // A list names the run all the same, with the reason: it hides no other.
        await Create().RegisterRunAsync(NewRun("18"), Token);
        var runs = await Create().ListRunsAsync("F", Token);
        var damaged = Assert.Single(runs, static run => run.RunId == "17");
        Assert.Contains(file, damaged.Problem, StringComparison.Ordinal);
        Assert.Contains("MF5001", damaged.Problem, StringComparison.Ordinal);
        Assert.Null(Assert.Single(runs, static run => run.RunId == "18").Problem);
    }

    [Fact]
    public async Task Foreign_files_and_what_crashes_leave_are_not_listed()
    {
        await Create().RegisterRunAsync(NewRun("17"), Token);
        var flow = Path.Combine(_folder.Root, "F");
        Directory.CreateDirectory(Path.Combine(flow, "data", "ab"));
        Directory.CreateDirectory(Path.Combine(flow, "18"));
        Directory.CreateDirectory(Path.Combine(flow, "19", "_meta"));
        await File.WriteAllTextAsync(Path.Combine(flow, "19", "_meta", $".{Guid.NewGuid():N}.tmp"), "{", Token);
        await File.WriteAllTextAsync(Path.Combine(flow, "latest_run"), "17", Token);
        await File.WriteAllTextAsync(Path.Combine(flow, "17", "_meta", "journal"), "x", Token);

        Assert.Equal(["17"], (await Create().ListRunsAsync("F", Token)).Select(static run => run.RunId));
        Assert.Empty(await Create().ListStepsAsync("F", "17", Token));
    }

    [Fact]
    public async Task A_record_that_cannot_be_written_is_one_clear_error_MF5002()
    {
        Directory.CreateDirectory(_folder.Root);
        await File.WriteAllTextAsync(Path.Combine(_folder.Root, "F"), "in the way", Token);

        var error = await Assert.ThrowsAsync<MetadataException>(async () => await Create().RegisterRunAsync(NewRun("17"), Token));

        Assert.Equal("MF5002", error.Code);
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_is_one_clear_error_MF5011()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Root, "F/17/_meta/_self.json"));

        var error = await Assert.ThrowsAsync<MetadataException>(async () => await Create().FindRunAsync("F", "17", Token));

        Assert.Equal("MF5011", error.Code);
    }

    [Fact]
    public async Task Tags_that_another_process_keeps_locked_are_a_transient_error_MF5009()
    {
        await Create().RegisterRunAsync(NewRun("17"), Token);
        using var held = new FileStream(
            Path.Combine(_folder.Root, "F/17/_meta/tags.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var provider = new LocalMetadataProvider(_folder.Root, new HastyTime());

        var error = await Assert.ThrowsAsync<MetadataException>(async () => await provider.ChangeTagsAsync("F", "17", ["x"], [], Token));

        Assert.Equal("MF5009", error.Code);
        Assert.True(error.IsTransient);
    }

    [Fact]
    public async Task New_run_ids_are_microseconds()
    {
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var run = await Create().RegisterRunAsync(NewRun(string.Empty), Token);

        Assert.InRange(long.Parse(run.RunId, System.Globalization.CultureInfo.InvariantCulture) / 1000, before, before + 60_000);
    }

    protected override IMetadataProvider Create() => new LocalMetadataProvider(_folder.Root, TimeProvider.System);

    private static RunRecord NewRun(string id) => new("F", id, "ada", ["t1", "t2"], ["user:ada", "runtime:dev"], default);

    private static MetadataDatum Datum(string field, object value, string? type = null)
        => new(field, type ?? field, value, ["attempt_id:0"]);

    private static RegisteredArtifact Artifact(string name, int attempt)
        => new(
            new ArtifactRecord(name, new string('a', 40), 5, "<class 'int'>", "pickle-v4"), attempt, "local", ":root:/x/.metaflow",
            default);

    private static IEnumerable<string> Members(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(file));
        return [.. json.RootElement.EnumerateObject().Select(static member => member.Name)];
    }

    /// <summary>A clock on which a minute passes at each look.</summary>
    private sealed class HastyTime : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _now += 20;
    }
}
