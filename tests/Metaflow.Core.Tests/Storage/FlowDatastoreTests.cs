using System.Buffers;
using System.Text;
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

    private CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_an_attempt_committed_is_read_back()
    {
        var datastore = Open();
        var writer = datastore.OpenWriter(Task, 0);
        await writer.BeginAttemptAsync(Token);
        var records = await writer.SaveArtifactsAsync([Value("x", "42"), Value("_task_ok", "True")], Token);
        writer.Inherit([records[0] with { Name = "inherited" }]);
        await writer.SaveNoteAsync("task_begin", "{}", Token);
        await writer.CommitAsync(Token);

        var artifacts = await Open().OpenTaskAsync(Task, null, Token);

        Assert.Equal(0, artifacts.Attempt);
        Assert.Equal(["_task_ok", "inherited", "x"], artifacts.Records.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(new ArtifactRecord("x", records[0].Key, 2, "<class 'str'>", "pickle-v4"), artifacts.Records["x"]);
        Assert.Equal("42", Encoding.UTF8.GetString(artifacts.LoadPayload("inherited")));
        Assert.Equal("\"\"", File.ReadAllText(Path.Combine(_folder.Root, "F/17/start/1/0.DONE.lock")));
    }

    public void Dispose() => _folder.Dispose();

    private static KeyValuePair<string, SerializedArtifact> Value(string name, string text) => new(
        name, new SerializedArtifact(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(text)), "<class 'str'>", "pickle-v4"));

    private FlowDatastore Open() => new(new LocalBlobStore(_folder.Root), "F", TimeProvider.System);
}
