using System.Globalization;
using System.Runtime.CompilerServices;
using Metaflow.Artifacts;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Core.Tests.Storage;

/// <summary>The process that the crash tests kill: this program again, which writes attempt after attempt and says which ones it
/// acknowledged.</summary>
internal static class CrashWriter
{
    public const string RootVariable = "METAFLOW_TEST_CRASH_ROOT";
    public const string FirstVariable = "METAFLOW_TEST_CRASH_FIRST";

    public static readonly string[] Names = ["same", "number", "large", "random"];

    [ModuleInitializer]
    internal static void RunInsteadOfTests()
    {
        if (Environment.GetEnvironmentVariable(RootVariable) is { } root)
        {
            var first = int.Parse(Environment.GetEnvironmentVariable(FirstVariable)!, CultureInfo.InvariantCulture);
            WriteAsync(root, first).GetAwaiter().GetResult();
            Environment.Exit(0);
        }
    }

    public static TaskPath TaskOf(int number) => new("F", "1", "start", number.ToString(CultureInfo.InvariantCulture));

    private static async Task WriteAsync(string root, int first)
    {
        var metadata = new LocalMetadataProvider(root, TimeProvider.System);
        var run = await metadata.RegisterRunAsync(new RunRecord("F", "1", "ada", [], ["user:ada"], default), CancellationToken.None);
        for (var i = first; ; i++)
        {
            var writer = new FlowDatastore(new LocalBlobStore(root), "F", TimeProvider.System).OpenWriter(TaskOf(i), 0);
            await metadata.RegisterTaskAsync(run, writer.Task, CancellationToken.None);
            await writer.BeginAttemptAsync(CancellationToken.None);
            var random = new byte[20_000 + (i % 7 * 1000)];
            new Random(i).NextBytes(random);
            await writer.SaveArtifactsAsync(
                [Value("same", "same"), Value(
                    "number", (long)i), Value("large", string.Join(',', Enumerable.Range(i, 20_000))), Value("random", random)],
                CancellationToken.None);
            await writer.CommitAsync(CancellationToken.None);
            var artifacts = writer.Records.Values.Select(record => new RegisteredArtifact(record, 0, "local", ":root:" + root, default))
                .ToList();
            await metadata.RecordAsync(
                run, writer.Task, [new MetadataDatum("attempt-done", "attempt-done", "0", ["attempt_id:0"])], artifacts,
                CancellationToken.None);
            await Console.Out.WriteLineAsync(i.ToString(CultureInfo.InvariantCulture));
            await Console.Out.FlushAsync();
        }
    }

    private static KeyValuePair<string, SerializedArtifact> Value(string name, object value)
        => new(name, ArtifactSerializer.Serialize(value, value.GetType(), name));
}
