using System.Globalization;
using System.Text;
using Metaflow.Client;
using Metaflow.Metadata;
using Metaflow.Serialization;
using Metaflow.Stores;

namespace Metaflow.Core.Tests.Copying;

/// <summary>Everything that a reader sees of a run, as a text: two runs are the same if their texts are.</summary>
internal static class RunText
{
    public static async Task<string> OfAsync(RunStores stores, string pathspec)
    {
        var token = TestContext.Current.CancellationToken;
        var run = await new MetaflowClient(stores.Metadata, stores.Blobs).GetRunAsync(pathspec, token);
        var text = new StringBuilder();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{run.Pathspec} {run.CreatedAt:O} {run.UserName} {run.State} {run.Status?.At:O} {run.Status?.Reason}");
        text.AppendLine(string.Join(' ', run.Tags));
        foreach (var step in run.Steps)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{step.Pathspec} {step.CreatedAt:O}");
            foreach (var task in step.Tasks)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"{task.Pathspec} {task.CreatedAt:O} {task.Successful} {task.FinishedAt:O}");
                text.AppendLine($"{task.Stdout}|{task.Stderr}|{task.StdoutSize}");
                foreach (var datum in task.Metadata.Where(static datum => !datum.Field.StartsWith("ds-", StringComparison.Ordinal)))
                {
                    text.AppendLine(
                        CultureInfo.InvariantCulture,
                        $"{datum.Field} {datum.Type} {datum.Text} {string.Join(' ', datum.Tags)} {datum.CreatedAt:O}");
                }

                foreach (var artifact in task.Artifacts)
                {
                    text.AppendLine(
                        CultureInfo.InvariantCulture,
                        $"{artifact.Name} {artifact.Sha} {artifact.Size} {artifact.CreatedAt:O} {Value(artifact.Value)}");
                }
            }
        }

        return text.ToString();
    }

    private static string Value(object? value) => value switch
    {
        string text => text,
        byte[] bytes => Convert.ToHexString(bytes),
        System.Collections.IEnumerable items => $"[{string.Join(',', items.Cast<object?>().Select(Value))}]",
        PythonObject instance => instance.GetType().Name,
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    public static async Task<IReadOnlyList<string>> RunsAsync(RunStores stores)
    {
        var runs = new List<string>();
        foreach (var flow in await stores.Metadata.ListFlowsAsync(TestContext.Current.CancellationToken))
        {
            runs.AddRange((await stores.Metadata.ListRunsAsync(flow.Flow, TestContext.Current.CancellationToken))
                .Select(static run => $"{run.Flow}/{run.RunId}"));
        }

        return runs;
    }
}
