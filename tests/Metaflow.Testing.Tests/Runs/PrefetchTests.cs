using System.Text;
using Metaflow.Errors;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Testing.Tests.Runs;

/// <summary>Reads eight artifacts, or two of them, one after the other; and joins eight tasks.</summary>
public partial class ReadingFlow : FlowSpec
{
    [Parameter(Default = false)]
    public partial bool Other { get; }

    public partial List<int> A { get; set; }

    public partial List<int> B { get; set; }

    public partial List<int> C { get; set; }

    public partial List<int> D { get; set; }

    public partial List<int> E { get; set; }

    public partial List<int> F { get; set; }

    public partial List<int> G { get; set; }

    public partial List<int> H { get; set; }

    public partial int Sum { get; set; }

    public partial int Squares { get; set; }

    public partial int Square { get; set; }

    [Step]
    private Transition Start()
    {
        (A, B, C, D) = ([1], [2], [3], [4]);
        (E, F, G, H) = ([5], [6], [7], [8]);
        return Next(Work);
    }

    [Step]
    private Transition Work()
    {
        Sum = Other ? B[0] + H[0] : A[0] + B[0] + C[0] + D[0] + E[0] + F[0] + G[0] + H[0];
        return Next(Part, forEach: Enumerable.Range(0, 8));
    }

    [Step]
    private Transition Part(int number)
    {
        Square = number * number;
        return Next(Join);
    }

    [Step]
    private Transition Join(Inputs<ReadingFlow> inputs)
    {
        Squares = inputs.Sum(static input => input.Square);
        Sum = inputs[0].Sum;
        return Next(End);
    }

    [Step]
    private void End()
    {
    }
}

/// <summary>What a step read last time is loaded before it asks for it, where a read takes long.</summary>
public sealed class PrefetchTests
{
    private const string Kept = "ReadingFlow/_meta/reads.json";

    private readonly SlowStore _store = new(RunStores.InMemory().Blobs);
    private readonly FlowRunOptions _options;

    public PrefetchTests() => _options = new FlowRunOptions
    {
        Isolation = TaskIsolation.InProcess,
        Stores = RunStores.InMemory() with { Blobs = _store },
        MaxWorkers = 1,
    };

    [Fact]
    public async Task The_second_run_of_a_flow_loads_at_the_same_time_what_the_first_one_read_one_by_one()
    {
        await RunAsync();
        Assert.Equal(1, _store.MostPayloads);

        _store.Forget();
        var second = await RunAsync();

        Assert.InRange(_store.MostPayloads, 5, 16);
        Assert.InRange(_store.MostLists, 5, 16);
        Assert.Equal(36, second.Sum);
        Assert.Equal(140, second.Squares);
    }

    [Fact]
    public async Task Nothing_is_loaded_twice()
    {
        await RunAsync();
        await _store.DeleteAsync([Kept], TestContext.Current.CancellationToken);
        _store.Forget();
        await RunAsync();
        var withoutMemory = _store.Payloads;
        _store.Forget();
        await RunAsync();
        Assert.Equal(withoutMemory, _store.Payloads);
    }

    [Fact]
    public async Task A_step_that_reads_something_else_than_last_time_gets_it()
    {
        await RunAsync();
        Assert.Equal(10, (await RunAsync(other: true)).Sum);
        Assert.Equal(36, (await RunAsync()).Sum);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{\"work\": {\"own\": 3}}")]
    [InlineData(
        "{\"work\": {\"own\": [\"no_such\", \"a,b\", \"--x\", \"\"], \"inputs\": [\"neither\"]}, \"join\": {\"own\": [], "
            + "\"inputs\": [\"nothing\"]}}")]
    public async Task What_was_kept_of_earlier_reads_may_be_anything(string kept)
    {
        await RunAsync();
        await _store.SaveAsync(
            [new BlobWrite(Kept, Encoding.UTF8.GetBytes(kept))], overwrite: true,
            TestContext.Current.CancellationToken);
        Assert.Equal(36, (await RunAsync()).Sum);
    }

    [Fact]
    public async Task A_load_ahead_that_fails_is_made_up_for_by_the_step_itself()
    {
        await RunAsync();

        // Those of the first step that reads: it asks for one after the other, when all are under way.
        _store.Refuses = 8;
        var second = await RunAsync();
        Assert.Equal(8, _store.Refused);
        Assert.Equal(36, second.Sum);
    }

    private async Task<ReadingFlow> RunAsync(bool other = false)
        => (await FlowRunner.RunAsync<ReadingFlow>(_options with { Parameters = new { other } })).EnsureSucceeded().Data;

    /// <summary>Takes its time for each read, and counts how many are under way.</summary>
    private sealed class SlowStore(IBlobStore inner) : IBlobStore, IAppendableBlobStore
    {
        private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(5);
        private readonly HashSet<string> _refused = new(StringComparer.Ordinal);
        private readonly Lock _lock = new();
        private int _payloadsNow;
        private int _listsNow;

        public int Payloads { get; private set; }

        public int MostPayloads { get; private set; }

        public int MostLists { get; private set; }

        /// <summary>Gets or sets how many payloads are refused when they are read for the first time from now on.</summary>
        public int Refuses { get; set; }

        public int Refused => _refused.Count;

        public string TypeName => inner.TypeName;

        public string Root => inner.Root;

        public void Forget() => (Payloads, MostPayloads, MostLists) = (0, 0, 0);

        public ValueTask<IReadOnlyList<bool>> SaveAsync(
            IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken cancellationToken)
            => inner.SaveAsync(writes, overwrite, cancellationToken);

        public async ValueTask<BlobRead?> OpenAsync(string path, CancellationToken cancellationToken)
        {
            var isPayload = path.Contains("/data/", StringComparison.Ordinal);
            var isList = path.EndsWith(".data.json", StringComparison.Ordinal);
            Count(isPayload, isList, 1);
            try
            {
                await Task.Delay(Latency, cancellationToken);
                if (isPayload && IsRefused(path))
                {
                    throw new StorageException(ErrorCodes.StorageReadFailed, "No.", "The test wants it.", "Nothing.");
                }

                return await inner.OpenAsync(path, cancellationToken);
            }
            finally
            {
                Count(isPayload, isList, -1);
            }
        }

        public ValueTask<IReadOnlyList<BlobState?>> StateAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
            => inner.StateAsync(paths, cancellationToken);

        public ValueTask<IReadOnlyList<BlobEntry>> ListAsync(string folder, CancellationToken cancellationToken)
            => inner.ListAsync(folder, cancellationToken);

        public ValueTask DeleteAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
            => inner.DeleteAsync(paths, cancellationToken);

        public Stream OpenAppend(string path) => ((IAppendableBlobStore)inner).OpenAppend(path);

        private bool IsRefused(string path)
        {
            lock (_lock)
            {
                return _refused.Count < Refuses && _refused.Add(path);
            }
        }

        private void Count(bool isPayload, bool isList, int change)
        {
            lock (_lock)
            {
                _payloadsNow += isPayload ? change : 0;
                _listsNow += isList ? change : 0;
                Payloads += isPayload && change > 0 ? 1 : 0;
                MostPayloads = Math.Max(MostPayloads, _payloadsNow);
                MostLists = Math.Max(MostLists, _listsNow);
            }
        }
    }
}
