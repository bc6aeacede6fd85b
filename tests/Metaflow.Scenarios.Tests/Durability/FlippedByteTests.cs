using System.Collections;
using System.Collections.Concurrent;
using Metaflow.Client;
using Metaflow.Errors;
using Metaflow.Serialization;
using Metaflow.Storage;
using Metaflow.Verification;

namespace Metaflow.Scenarios.Tests.Durability;

/// <summary>Flips a bit of each byte of each file of a small run in turn: a reader has the value or an error with a code, and what it does
/// not have, <c>fsck</c> finds.</summary>
public sealed class FlippedByteTests : IDisposable
{
    private const string Flow = "LinearFlow";
    private const int Daily = 150;
    private const int Some = 2000;

    private readonly Workplace _place = new();
    private readonly ConcurrentDictionary<string, int> _outcomes = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_flipped_bit_gives_no_wrong_value_and_no_unknown_error_and_what_cannot_be_read_is_found()
    {
        await _place.SucceedAsync(Flow);
        var files = Directory.GetFiles(_place.Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => (Path: Path.GetRelativePath(_place.Root, path), Bytes: File.ReadAllBytes(path))).ToList();
        var whole = Read(_place.Root).Tasks;
        Assert.Equal(3, whole.Count);
        var copies = new ConcurrentBag<string>();
        await FaultSweep.RunAsync(
            FaultSweep.Places(files.Sum(static file => file.Bytes.Length), Daily, Some).Select(static place => ("Flip", place)),
            async (_, place) =>
            {
                var copy = copies.TryTake(out var free) ? free : Copy(files);
                await TryAsync(copy, files, place - 1, whole);
                copies.Add(copy);
            });
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Join('\n', _outcomes.OrderBy(static one => one.Key).Select(static one => $"{one.Key}: {one.Value}")));
        Assert.Contains(_outcomes, static outcome => outcome.Key.EndsWith("found", StringComparison.Ordinal));
    }

    private async Task TryAsync(
        string root, List<(string Path, byte[] Bytes)> files, int place, Dictionary<string, Dictionary<string, string>> whole)
    {
        var index = 0;
        for (; place >= files[index].Bytes.Length; index++)
        {
            place -= files[index].Bytes.Length;
        }

        var (path, bytes) = files[index];
        var flipped = (byte[])bytes.Clone();
        flipped[place] ^= (byte)(1 << (place % 8));
        Replace(Path.Combine(root, path), flipped);
        try
        {
            var (tasks, errors) = Read(root);
            var found = await FaultsAsync(root);
            var isSame = errors.Count == 0 && IsSame(whole, tasks);
            Count(path, found.Count > 0 ? "found" : isSame ? "no value differs, not found" : "lost");
            Assert.True(isSame || found.Count > 0, $"bit {place % 8} of byte {place} of '{path}': a reader has something else, and fsck "
                + $"finds nothing; errors: {string.Join(", ", errors)}");
            Assert.False(HasWrongValue(whole, tasks), $"bit {place % 8} of byte {place} of '{path}' gives a wrong value");
        }
        finally
        {
            Replace(Path.Combine(root, path), bytes);
        }
    }

    /// <summary>Reads all that a client shows. An error with a code is an answer; every other exception fails the test.</summary>
    private static (Dictionary<string, Dictionary<string, string>> Tasks, List<string> Errors) Read(string root)
    {
        var tasks = new Dictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        var errors = new List<string>();
        Try(() =>
        {
            var run = new MetaflowClient(root).WithNamespace(null).Flow(Flow).LatestRun;
            Try(() => _ = $"{run?.State} {run?.Status} {run?.Progress} {string.Join(' ', run?.Tags ?? [])} {run?.CreatedAt}");
            foreach (var step in run?.Steps ?? [])
            {
                Try(() =>
                {
                    foreach (var task in step.Tasks)
                    {
                        var values = tasks[$"{step.Name}/{task.Id}"] = new(StringComparer.Ordinal);
                        Try(() => values["finished"] = $"{task.Finished} {task.Successful}");
                        Try(() => _ = task.Exception);
                        Try(() => _ = task.Stdout + task.Stderr + task.Metadata.Count);
                        Try(() => task.AllArtifacts.ToList().ForEach(
                            artifact => Try(() => values["artifact " + artifact.Name] = Text(artifact.Value))));
                    }
                });
            }
        });
        return (tasks, errors);

        void Try(Action read)
        {
            try
            {
                read();
            }
            catch (MetaflowException error)
            {
                errors.Add(error.Code);
            }
        }
    }

    private static string Text(object? value) => value switch
    {
        string text => text,
        PythonObject instance => $"{instance.Name}({Text(instance.State)})",
        IDictionary pairs => "{" + string.Join(',', pairs.Keys.Cast<object>().Select(key => $"{Text(key)}:{Text(pairs[key])}")) + "}",
        IEnumerable items => "[" + string.Join(',', items.Cast<object?>().Select(Text)) + "]",
        _ => FormattableString.Invariant($"{value}"),
    };

    private static bool IsSame(
        Dictionary<string, Dictionary<string, string>> whole, Dictionary<string, Dictionary<string, string>> tasks)
        => whole.Count == tasks.Count && whole.All(task => tasks.TryGetValue(task.Key, out var values)
            && values.Count == task.Value.Count && task.Value.All(value => values.GetValueOrDefault(value.Key) == value.Value));

    private static bool HasWrongValue(
        Dictionary<string, Dictionary<string, string>> whole, Dictionary<string, Dictionary<string, string>> tasks)
        => tasks.Any(task => whole.TryGetValue(task.Key, out var known)
            && task.Value.Any(value => value.Key.StartsWith("artifact ", StringComparison.Ordinal)
                && known.TryGetValue(value.Key, out var right) && right != value.Value));

    private static async Task<List<DatastoreFault>> FaultsAsync(string root)
    {
        var verifier = new DatastoreVerifier(new LocalBlobStore(root), hasRecords: true, TimeProvider.System);
        var faults = new List<DatastoreFault>();
        await foreach (var flow in verifier.VerifyAsync(new VerificationRequest { ReadsContent = true }, Token))
        {
            faults.AddRange(flow.Faults.Where(static fault => fault.Remains));
        }

        return faults;
    }

    private string Copy(List<(string Path, byte[] Bytes)> files)
    {
        var root = Path.Combine(_place.Folder, Guid.NewGuid().ToString("N"), ".metaflow");
        foreach (var (path, bytes) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, path))!);
            File.WriteAllBytes(Path.Combine(root, path), bytes);
        }

        return root;
    }

    // A file of its own: the store takes the right to write away from its blobs.
    private static void Replace(string path, byte[] bytes)
    {
        File.Delete(path);
        File.WriteAllBytes(path, bytes);
    }

    private void Count(string path, string outcome)
    {
        var kind = Path.GetFileName(path) switch
        {
            var name when name.Length == 40 => "blob",
            var name when name.StartsWith("sysmeta_", StringComparison.Ordinal) => "metadata",
            var name when name.Contains("_artifact_", StringComparison.Ordinal) => "record of an artifact",
            var name when name.EndsWith(".log", StringComparison.Ordinal) => "log",
            var name => name,
        };
        _outcomes.AddOrUpdate($"{kind}, {outcome}", 1, static (_, count) => count + 1);
    }
}
