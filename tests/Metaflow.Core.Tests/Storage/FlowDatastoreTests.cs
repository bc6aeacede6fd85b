using System.Text;
using System.Text.Json;
using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Core.Tests.Storage;

public sealed class FlowDatastoreTests : IDisposable
{
    private static readonly TaskPath Task = new("F", "17", "start", "1");

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_an_attempt_committed_is_read_back()
    {
        var writer = await BeginAsync(0);
        var records = await writer.SaveArtifactsAsync([Value("x", "42"), Value("_task_ok", true)], Token);
        writer.Inherit([records[0] with { Name = "inherited" }]);
        await writer.SaveNoteAsync("task_begin", "{}", Token);
        await writer.CommitAsync(Token);

        var artifacts = await Open().OpenTaskAsync(Task, null, Token);

        Assert.Equal(0, artifacts.Attempt);
        Assert.Equal(["_task_ok", "inherited", "x"], artifacts.Records.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(records[0], artifacts.Records["x"]);
        Assert.Equal("42", artifacts.Load<string>("inherited"));
        Assert.Equal(true, artifacts.LoadPlain("_task_ok"));
        Assert.True(records[1].IsPrivate);
        Assert.Equal("{}", await File.ReadAllTextAsync(FileOf("0.task_begin"), Token));
        Assert.Equal("\"\"", await File.ReadAllTextAsync(FileOf("0.DONE.lock"), Token));
    }

    [Fact]
    public async Task A_value_that_was_loaded_and_has_the_same_bytes_is_not_asked_for_in_the_store()
    {
        var first = await CommitAsync(0, Value("x", "loaded"), Value("y", "also loaded"));
        var inherited = first.Records["x"];
        var blob = Path.Combine(_folder.Root, Open().Content.PathOf(inherited.Key));
        File.Delete(blob);

        var writer = await BeginAsync(1);
        var records = await writer.SaveArtifactsAsync(
            [Value("x", "loaded"), Value("y", "changed")], [inherited, first.Records["y"]], Token);

        Assert.Equal(inherited, records[0]);
        Assert.False(File.Exists(blob));
        Assert.True(File.Exists(Path.Combine(_folder.Root, Open().Content.PathOf(records[1].Key))));
    }

    [Fact]
    public async Task The_list_of_artifacts_has_the_members_of_the_reference()
    {
        var writer = await BeginAsync(2);
        await writer.SaveArtifactsAsync([Value("x", 42L)], Token);
        await writer.CommitAsync(Token);

        using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(FileOf("2.data.json"), Token));
        var root = json.RootElement;
        Assert.Equal(
            ["datastore", "version", "attempt", "python_version", "objects", "info"],
            root.EnumerateObject().Select(static member => member.Name));
        Assert.Equal("21f47ffc2c8d012806c8a7a814079c24a792acf2", root.GetProperty("objects").GetProperty("x").GetString());
        Assert.Equal(
            "{\"size\":5,\"type\":\"<class 'int'>\",\"encoding\":\"pickle-v4\",\"serializer_info\":{\"source\":\"metaflow\"}}",
            root.GetProperty("info").GetProperty("x").GetRawText());
        using var attempt = JsonDocument.Parse(await File.ReadAllBytesAsync(FileOf("2.attempt.json"), Token));
        Assert.InRange(attempt.RootElement.GetProperty("time").GetDouble(), 1e9, 1e10);
    }

    [Fact]
    public async Task The_latest_attempt_that_was_started_counts_even_when_it_is_not_complete_MF4008()
    {
        await CommitAsync(0, Value("x", "zero"));
        await BeginAsync(1);

        var error = await Assert.ThrowsAsync<StorageException>(async () => await Open().OpenTaskAsync(Task, null, Token));

        Assert.Equal("MF4008", error.Code);
        Assert.Equal("F/17/start/1", error.Pathspec);
        Assert.Equal("zero", (await Open().OpenTaskAsync(Task, 0, Token)).Load<string>("x"));
        Assert.Null(await Open().TryOpenAttemptAsync(Task, 1, Token));
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(0, 5)]
    [InlineData(1, 4)]
    [InlineData(2, 5)]
    public async Task A_gap_in_the_attempts_is_not_their_end(int failed, int latest)
    {
        await CommitAsync(failed, Value("x", "of the failed attempt"));
        await CommitAsync(latest, Value("x", "of the latest attempt"));

        var artifacts = await Open().OpenTaskAsync(Task, null, Token);

        Assert.Equal(latest, artifacts.Attempt);
        Assert.Equal("of the latest attempt", artifacts.Load<string>("x"));
        Assert.Equal(latest, (await Open().TryOpenTaskAsync(Task, Token))!.Attempt);
    }

    [Fact]
    public async Task An_unfinished_attempt_after_a_gap_hides_what_was_complete_before_MF4008()
    {
        await CommitAsync(0, Value("x", "zero"));
        await BeginAsync(3);

        var error = await Assert.ThrowsAsync<StorageException>(async () => await Open().OpenTaskAsync(Task, null, Token));

        Assert.Equal("MF4008", error.Code);
        Assert.Null(await Open().TryOpenTaskAsync(Task, Token));
    }

    [Fact]
    public async Task A_task_that_was_never_started_has_no_completed_attempt()
    {
        var error = await Assert.ThrowsAsync<StorageException>(async () => await Open().OpenTaskAsync(Task, null, Token));

        Assert.Equal(ErrorCodes.NoCompletedAttempt, error.Code);
    }

    [Fact]
    public async Task A_complete_retry_is_the_one_that_is_opened()
    {
        await CommitAsync(0, Value("x", "zero"));
        await CommitAsync(1, Value("x", "one"));

        Assert.Equal("one", (await Open().OpenTaskAsync(Task, null, Token)).Load<string>("x"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"objects\": {\"x\": \"21f4")]
    [InlineData("{\"objects\": []}")]
    [InlineData("{\"objects\": {\"x\": 5}}")]
    [InlineData("{\"objects\": {\"x\": \"\\ud800\"}}")]
    [InlineData(null)]
    public async Task A_half_written_list_is_one_clear_error_that_names_the_file_MF4009(string? content)
    {
        await CommitAsync(0, Value("x", "zero"));
        File.Delete(FileOf("0.data.json"));
        if (content is not null)
        {
            await File.WriteAllTextAsync(FileOf("0.data.json"), content, Token);
        }

        var error = await Assert.ThrowsAsync<StorageException>(async () => await Open().OpenTaskAsync(Task, null, Token));

        Assert.Equal("MF4009", error.Code);
        Assert.Matches(@"[^.]\.$", error.Why);
        Assert.EndsWith(" or run the flow again.", error.Fix, StringComparison.Ordinal);
        Assert.Contains(FileOf("0.data.json"), error.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_without_information_is_read_as_the_oldest_form()
    {
        await CommitAsync(0, Value("x", 42L));
        await File.WriteAllTextAsync(FileOf("0.data.json"), "{\"objects\": {\"x\": \"21f47ffc2c8d012806c8a7a814079c24a792acf2\"}}", Token);

        var artifacts = await Open().OpenTaskAsync(Task, null, Token);

        Assert.Equal(
            new ArtifactRecord("x", "21f47ffc2c8d012806c8a7a814079c24a792acf2", 0, null, "gzip+pickle-v2"), artifacts.Records["x"]);
        Assert.Equal(42, artifacts.Load<int>("x"));
    }

    [Fact]
    public async Task An_artifact_that_is_not_there_is_reported_with_those_that_are_MF4010()
    {
        var artifacts = await CommitAsync(0, Value("x", 1L), Value("_private", 2L), Value("max_genres", 3L));

        var error = Assert.Throws<StorageException>(() => artifacts.LoadPayload("privates"));

        Assert.Equal("MF4010", error.Code);
        Assert.Contains("are max_genres, x.", error.Why, StringComparison.Ordinal);
        Assert.Equal("Check the name; on disk it is in snake case.", error.Fix);
        Assert.Equal("Did you mean 'max_genres'?", Assert.Throws<StorageException>(() => artifacts.LoadPayload("MaxGenres")).Fix);
        Assert.False(artifacts.Contains("y"));
    }

    [Fact]
    public async Task One_item_of_a_list_is_loaded()
    {
        var artifacts = await CommitAsync(0, Value("items", new List<string> { "a", "b", "c" }));

        Assert.Equal("b", artifacts.LoadItem<string>("items", 1));
    }

    [Theory]
    [InlineData("utf-8", "grüße")]
    [InlineData("latin-1", "grÃ¼Ã\u009fe")]
    public async Task An_included_file_is_loaded_as_its_content(string encoding, string expected)
    {
        var content = Encoding.UTF8.GetBytes("grüße");
        var url = await Open().SaveFileAsync(content, Token);
        var artifacts = await CommitAsync(
            0, Value("text", new IncludedFile(url, true, encoding, content.Length)),
            Value("bytes", new IncludedFile(url, false, null, content.Length)));

        Assert.Equal($"local://{_folder.Root}/data/F/{url[^40..]}", url);
        Assert.Equal(expected, artifacts.Load<string>("text"));
        Assert.Equal(expected, artifacts.LoadPlain("text"));
        Assert.Equal(content, artifacts.Load<byte[]>("text"));
        Assert.Equal(content, artifacts.LoadPlain("bytes"));
        Assert.Equal(url, artifacts.Load<IncludedFile>("text").Url);
        Assert.Equal(7, artifacts.Records["text"].Size);
    }

    [Fact]
    public async Task A_file_that_was_not_stored_with_the_run_is_read_where_it_is()
    {
        var path = Path.Combine(_folder.Path, "outside.txt");
        await File.WriteAllTextAsync(path, "outside", Token);
        var artifacts = await CommitAsync(0, Value("text", new IncludedFile(path, true, null, 7) { SubType = "external" }));

        Assert.Equal("outside", artifacts.Load<string>("text"));
    }

    [Fact]
    public async Task An_included_file_that_is_gone_is_one_clear_error_MF4011()
    {
        var url = await Open().SaveFileAsync("x"u8.ToArray(), Token);
        File.Delete(url["local://".Length..]);

        var error = await Assert.ThrowsAsync<StorageException>(async () => await Open().LoadFileAsync(url, Token));

        Assert.Equal("MF4011", error.Code);
        Assert.Contains(url, error.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not gzip")]
    [InlineData("")]
    public async Task An_included_file_that_was_changed_is_one_clear_error_MF4005(string content)
    {
        var url = await Open().SaveFileAsync("x"u8.ToArray(), Token);
        await File.WriteAllTextAsync(url["local://".Length..], content, Token);

        Assert.Equal("MF4005", (await Assert.ThrowsAsync<StorageException>(async () => await Open().LoadFileAsync(url, Token))).Code);
    }

    [Fact]
    public async Task A_text_in_an_unknown_encoding_is_one_clear_error_MF4014()
    {
        var url = await Open().SaveFileAsync("x"u8.ToArray(), Token);
        var artifacts = await CommitAsync(0, Value("text", new IncludedFile(url, true, "klingon", 1)));

        Assert.Equal("MF4014", Assert.Throws<StorageException>(() => artifacts.Load<string>("text")).Code);
        Assert.Equal("x"u8.ToArray(), artifacts.Load<byte[]>("text"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("utf-8")]
    [InlineData("utf8")]
    [InlineData("ascii")]
    public async Task A_text_that_is_invalid_in_its_encoding_is_one_clear_error_MF4111(string? encoding)
    {
        byte[] content = [0x61, 0xff, 0x62];
        var url = await Open().SaveFileAsync(content, Token);
        var artifacts = await CommitAsync(0, Value("text", new IncludedFile(url, true, encoding, content.Length)));

        var error = Assert.Throws<StorageException>(() => artifacts.Load<string>("text"));
        Assert.Equal("MF4111", error.Code);
        Assert.Contains("byte[]", error.Fix, StringComparison.Ordinal);
        Assert.Equal("MF4111", Assert.Throws<StorageException>(() => artifacts.LoadPlain("text")).Code);
        Assert.Equal(content, artifacts.Load<byte[]>("text"));
    }

    private static KeyValuePair<string, SerializedArtifact> Value(string name, object value)
        => new(name, ArtifactSerializer.Serialize(value, value.GetType(), name));

    private string FileOf(string name) => Path.Combine(_folder.Root, "F/17/start/1", name);

    private FlowDatastore Open() => new(new LocalBlobStore(_folder.Root), "F", TimeProvider.System);

    private async Task<TaskDatastoreWriter> BeginAsync(int attempt)
    {
        var writer = Open().OpenWriter(Task, attempt);
        await writer.BeginAttemptAsync(Token);
        return writer;
    }

    private async Task<TaskArtifacts> CommitAsync(int attempt, params KeyValuePair<string, SerializedArtifact>[] values)
    {
        var writer = await BeginAsync(attempt);
        await writer.SaveArtifactsAsync(values, Token);
        await writer.CommitAsync(Token);
        return await Open().OpenTaskAsync(Task, attempt, Token);
    }
}
