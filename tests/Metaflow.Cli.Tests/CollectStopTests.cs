using Metaflow.Cli.Commands;
using Metaflow.Cli.Terminal;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Running;

namespace Metaflow.Cli.Tests;

public sealed class CollectStopTests : IDisposable
{
    private readonly SampleStore _store = new();
    private readonly HangingTime _time = new();

    public void Dispose()
    {
        _time.Go.Set();
        _time.Go.Dispose();
        _time.Hangs.Dispose();
        _store.Dispose();
    }

    [Fact]
    public async Task A_collection_that_hangs_ends_when_it_is_told_to()
    {
        await _store.AddRunAsync("7");
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var interruption = new RunInterruption();
        var streams = new ConsoleStreams { Out = output, Error = error, WorkingFolder = "/home/ada", Time = _time };

        // As a disk that does not answer holds it.
        var collecting = Task.Run(
            () => new FlowCommandHost(_store.Application, streams, interruption).ExecuteAsync(["gc"]),
            TestContext.Current.CancellationToken);
        Assert.True(await Task.Run(() => _time.Hangs.Wait(TimeSpan.FromMinutes(1)), TestContext.Current.CancellationToken));
        interruption.Request(ExitCodes.Terminated);

        Assert.Equal(ExitCodes.Terminated, await collecting.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        Assert.EndsWith("Aborted!", error.ToString().Trim(), StringComparison.Ordinal);
    }

    private sealed class HangingTime : TimeProvider
    {
        public ManualResetEventSlim Hangs { get; } = new();

        public ManualResetEventSlim Go { get; } = new();

        public override DateTimeOffset GetUtcNow()
        {
            Hangs.Set();
            Go.Wait();
            return base.GetUtcNow();
        }
    }
}
