using System.Collections.Concurrent;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Testing.Tests.Runs;

/// <summary>Fails at its end as long as it is told to.</summary>
public partial class UnfinishedFlow : FlowSpec
{
    [Parameter(Default = 5)]
    public partial int Size { get; }

    [Parameter(Default = true)]
    public partial bool Fails { get; }

    public partial int Doubled { get; set; }

    public partial int Sum { get; set; }

    [Step]
    private Transition Start() => Next(Work, forEach: Enumerable.Range(0, Size));

    [Step]
    private Transition Work(int item)
    {
        Doubled = item * 2;
        return Next(Join);
    }

    [Step]
    private Transition Join(Inputs<UnfinishedFlow> inputs)
    {
        Sum = inputs.Sum(static input => input.Doubled);
        return Next(End);
    }

    [Step]
    private void End()
    {
        if (Fails)
        {
            throw new InvalidOperationException("Not yet.");
        }
    }
}

public sealed class ResumeReadTests
{
    [Fact]
    public async Task A_resume_reads_everything_of_its_origin_once()
    {
        var memory = RunStores.InMemory();
        var store = new CountingStore(memory.Blobs);
        var options = new FlowRunOptions { Isolation = TaskIsolation.InProcess, Stores = memory with { Blobs = store } };
        var failed = await FlowRunner.RunAsync<UnfinishedFlow>(options);
        store.Reads.Clear();

        var resumed = await FlowRunner.ResumeAsync<UnfinishedFlow>(null, options with { Parameters = new { fails = false } });

        Assert.Equal(20, resumed.EnsureSucceeded().Data.Sum);
        var ofOrigin = store.Reads.Where(read => read.Key.StartsWith($"UnfinishedFlow/{failed.RunId}/", StringComparison.Ordinal))
            .ToDictionary();
        Assert.Empty(ofOrigin.Where(static read => read.Value > 1).Select(static read => read.Key));

        // Its list of steps, and for each task that is cloned its artifacts, what it decided, and whatever stands beside them.
        Assert.Contains($"UnfinishedFlow/{failed.RunId}/", ofOrigin.Keys);
        Assert.Contains($"UnfinishedFlow/{failed.RunId}/_parameters/0/0.data.json", ofOrigin.Keys);
        Assert.Equal(7, ofOrigin.Keys.Count(static path => path.EndsWith(".task_end", StringComparison.Ordinal)));
    }

    /// <summary>Counts how often each path is asked for.</summary>
    private sealed class CountingStore(IBlobStore inner) : IBlobStore, IAppendableBlobStore
    {
        public ConcurrentDictionary<string, int> Reads { get; } = new(StringComparer.Ordinal);

        public string TypeName => inner.TypeName;

        public string Root => inner.Root;

        public ValueTask<IReadOnlyList<bool>> SaveAsync(
            IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken cancellationToken)
            => inner.SaveAsync(writes, overwrite, cancellationToken);

        public ValueTask<BlobRead?> OpenAsync(string path, CancellationToken cancellationToken)
        {
            Count(path);
            return inner.OpenAsync(path, cancellationToken);
        }

        public ValueTask<IReadOnlyList<byte[]?>> ReadAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
        {
            foreach (var path in paths)
            {
                Count(path);
            }

            return inner.ReadAsync(paths, cancellationToken);
        }

        public ValueTask<IReadOnlyList<BlobState?>> StateAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
            => inner.StateAsync(paths, cancellationToken);

        public ValueTask<IReadOnlyList<BlobEntry>> ListAsync(string folder, CancellationToken cancellationToken)
        {
            Count(folder + "/");
            return inner.ListAsync(folder, cancellationToken);
        }

        public ValueTask DeleteAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
            => inner.DeleteAsync(paths, cancellationToken);

        public Stream OpenAppend(string path) => ((IAppendableBlobStore)inner).OpenAppend(path);

        private void Count(string path) => Reads.AddOrUpdate(path, 1, static (_, count) => count + 1);
    }
}
