using System.Collections.Concurrent;
using Metaflow.Artifacts;
using Metaflow.Client;
using Metaflow.Core.Tests.Storage;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Serialization;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Core.Tests.Client;

/// <summary>Members that block, on a thread to which continuations have to come back, such as that of a user interface. The store of a
/// package may await with the thread's context.</summary>
public sealed class BlockingMembersTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly IBlobStore _blobs = RunStores.InMemory().Blobs;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_store_that_awaits_with_the_context_of_the_thread_that_waits_for_it_goes_on()
    {
        var task = await WriteAsync();
        var said = await OnThreadOfItsOwn(() =>
        {
            var client = Client();
            var run = client.Flow("F").Runs()[0];
            var step = run.Step("start");
            var data = step.Tasks[0].Data;
            return string.Join(
                " ", client.Flows.Count, run.Pathspec, run.Steps.Count, data["x"], data.Get<string>("x"), data.Names.Count,
                step.Task!.Artifacts[0].Value, client.Artifact($"{task}/x").Get<string>(), client.Task($"{task}").Metadata.Count);
        });
        Assert.Equal($"1 F/{task.RunId} 1 text text 1 text text 2", said);
    }

    [Fact]
    public async Task A_thread_may_wait_for_a_reading_that_it_asked_for_without_waiting()
    {
        var task = await WriteAsync();
        var said = await OnThreadOfItsOwn(() =>
        {
            var data = Client().Task($"{task}").Data;
            var asked = data.GetAsync<string>("x", Token);
            return data.Get<string>("x") + (asked.IsFaulted ? "!" : string.Empty);
        });
        Assert.Equal("text", said);
    }

    [Fact]
    public async Task A_task_of_a_scheduler_with_one_thread_may_wait_too()
    {
        var task = await WriteAsync();
        var scheduler = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        var said = await Task.Factory.StartNew(
            () => Client().Task($"{task}").Data.Get<string>("x"), Token, TaskCreationOptions.None, scheduler).WaitAsync(Patience, Token);
        Assert.Equal("text", said);
    }

    private static async Task<T> OnThreadOfItsOwn<T>(Func<T> read)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            var context = new QueueContext();
            SynchronizationContext.SetSynchronizationContext(context);
            try
            {
                result.SetResult(read());
                Assert.Same(context, SynchronizationContext.Current);
            }
            catch (Exception error)
            {
                result.TrySetException(error);
            }
        })
        { IsBackground = true };
        thread.Start();
        return await result.Task.WaitAsync(Patience, Token);
    }

    private MetaflowClient Client()
    {
        var blobs = new YieldingBlobStore(_blobs);
        return new MetaflowClient(new StoreMetadataProvider(blobs, TimeProvider.System), blobs);
    }

    private async Task<TaskPath> WriteAsync()
    {
        var metadata = new StoreMetadataProvider(_blobs, TimeProvider.System);
        var run = await metadata.RegisterRunAsync(new RunRecord("F", "", "ada", [], ["user:ada"], default), Token);
        var task = new TaskPath("F", run.RunId, "start", "1");
        await metadata.RegisterTaskAsync(run, task, Token);
        var writer = new FlowDatastore(_blobs, "F", TimeProvider.System).OpenWriter(task, 0);
        await writer.BeginAttemptAsync(Token);
        await writer.SaveArtifactsAsync([KeyValuePair.Create("x", ArtifactSerializer.SerializePlain("text", "x"))], Token);
        await writer.CommitAsync(Token);
        await metadata.RecordAsync(run, task, [Datum("attempt"), Datum("attempt-done")], [], Token);
        return task;

        static MetadataDatum Datum(string field) => new(field, field, "0", ["attempt_id:0"]);
    }

    /// <summary>A context whose thread is busy: what is posted to it waits for ever.</summary>
    private sealed class QueueContext : SynchronizationContext
    {
        private readonly ConcurrentQueue<SendOrPostCallback> _posted = new();

        public override void Post(SendOrPostCallback d, object? state) => _posted.Enqueue(d);
    }

    private sealed class YieldingBlobStore(IBlobStore real) : IBlobStore
    {
        public string TypeName => real.TypeName;

        public string Root => real.Root;

        public async ValueTask<IReadOnlyList<bool>> SaveAsync(
            IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return await real.SaveAsync(writes, overwrite, cancellationToken);
        }

        public async ValueTask<BlobRead?> OpenAsync(string path, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return await real.OpenAsync(path, cancellationToken);
        }

        public async ValueTask<IReadOnlyList<BlobState?>> StateAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return await real.StateAsync(paths, cancellationToken);
        }

        public async ValueTask<IReadOnlyList<BlobEntry>> ListAsync(string folder, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return await real.ListAsync(folder, cancellationToken);
        }

        public async ValueTask DeleteAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
        {
            await Task.Yield();
            await real.DeleteAsync(paths, cancellationToken);
        }
    }
}
