using Metaflow.Artifacts;
using Metaflow.Launching;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Serialization;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Tasks;

/// <summary>Runs a task of the framework's own in memory, so that the code of a task is loaded and compiled before a real one
/// comes.</summary>
internal static class WarmUp
{
    /// <summary>Runs it. Nothing is printed and nothing is written to disk.</summary>
    /// <param name="output">The standard output, opened so that the author's first line need not wait for it.</param>
    /// <returns>A task that ends when the process is warm.</returns>
    public static async Task RunAsync(TextWriter output)
    {
        var stores = RunStores.InMemory();
        var flow = new WarmUpFlow();
        var run = await stores.Metadata.RegisterRunAsync(
            new RunRecord(flow.FlowName, "", "", [], [], TimeProvider.System.GetUtcNow()), default).ConfigureAwait(false);
        var datastore = new FlowDatastore(stores.Blobs, flow.FlowName, TimeProvider.System);
        var writer = datastore.OpenWriter(new TaskPath(flow.FlowName, run.RunId, TaskPath.ParametersStep, "0"), 0);
        await writer.BeginAttemptAsync(default).ConfigureAwait(false);
        await writer.SaveArtifactsAsync(
            [
                new("text", ArtifactSerializer.Serialize("text", typeof(string))),
                new(InternalArtifacts.ForeachStack, ArtifactSerializer.Serialize(new List<object?>(), typeof(List<object?>))),
            ], default).ConfigureAwait(false);
        await writer.CommitAsync(default).ConfigureAwait(false);
        var line = TaskCommandLine.FromArguments(new TaskCommandLine
        {
            Step = WarmUpFlow.OnlyStep,
            RunId = run.RunId,
            TaskId = "1",
            InputPaths = [$"{run.RunId}/{TaskPath.ParametersStep}/0"],
            Datastore = StoreAddress.Of(stores.Blobs),
        }.ToArguments());
        await new TaskRunner(flow, line, stores, TimeProvider.System, TextWriter.Null).RunAsync().ConfigureAwait(false);
        await output.FlushAsync().ConfigureAwait(false);
    }

    /// <summary>Reads and sets artifacts of the commonest types.</summary>
    private sealed class WarmUpFlow : FlowSpec
    {
        public const string OnlyStep = "start";

        private readonly ArtifactCell<string> _text = new("text");
        private readonly ArtifactCell<int> _number = new("number");
        private readonly ArtifactCell<List<string>> _texts = new("texts");

        public override string FlowName => "WarmUp";

        public override void CollectCells(ICollection<ArtifactCell> cells)
        {
            cells.Add(_text);
            cells.Add(_number);
            cells.Add(_texts);
        }

        protected internal override ValueTask<Transition?> InvokeStepAsync(string step, StepInvocation invocation)
        {
            _number.Value = _text.Value.Length;
            _texts.Value = [_text.Value];
            return StepInvocation.Ended;
        }
    }
}
