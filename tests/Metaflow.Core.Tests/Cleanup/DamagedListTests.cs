using System.Diagnostics;
using Metaflow.Cleanup;
using Metaflow.Core.Tests.Client;
using Metaflow.Errors;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Testing;

namespace Metaflow.Core.Tests.Cleanup;

/// <summary>What a complete attempt refers to must be known: where its list is damaged in any way, nothing is swept.</summary>
public sealed class DamagedListTests : IDisposable
{
    private const string Flow = "SampleFlow";

    private readonly string _root = Path.Combine(Directory.CreateTempSubdirectory("metaflow-lists-").FullName, ".metaflow");

    public static TheoryData<string, Action<string>> Damages => new()
    {
        { "a folder", static path => Directory.CreateDirectory(path) },
        { "a folder with content", static path => Directory.CreateDirectory(Path.Combine(path, "deeper")) },
        { "a named pipe", MakePipe },
        { "a link to a named pipe", static path => Link(path, MakePipe) },
        { "a link to a folder", static path => File.CreateSymbolicLink(path, "/") },
        { "a link to the null device", static path => File.CreateSymbolicLink(path, "/dev/null") },
        { "a link to an endless device", static path => File.CreateSymbolicLink(path, "/dev/zero") },
        { "a link that leads nowhere", static path => File.CreateSymbolicLink(path, "nowhere") },
        { "a link to itself", static path => File.CreateSymbolicLink(path, path) },
        { "nothing", static _ => { } },
        { "an empty file", static path => File.WriteAllBytes(path, []) },
        { "zeroes", static path => File.WriteAllBytes(path, new byte[100]) },
        { "an empty object", static path => File.WriteAllText(path, "{}") },
        { "an empty list", static path => File.WriteAllText(path, """{"objects": {}, "info": {}}""") },
        {
            "a list without what all have",
            static path => File.WriteAllText(path, """{"objects": {"x": "aa00000000000000000000000000000000000000"}, "info": {}}""")
        },
    };

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_root)!, recursive: true);

    [Theory]
    [MemberData(nameof(Damages), DisableDiscoveryEnumeration = true)]
    public async Task A_list_that_is_damaged_stops_the_sweep(string damage, Action<string> make)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no named pipes in folders.");
        foreach (var step in new[] { "_parameters", "start", "join", "end" })
        {
            var run = (await new SampleRun(_root).WriteAsync(1)).Run.RunId;
            Age();
            var list = Directory.GetFiles(Path.Combine(_root, Flow, run, step), "*.data.json", SearchOption.AllDirectories).Single();
            var whole = await File.ReadAllBytesAsync(list, TestContext.Current.CancellationToken);
            File.Delete(list);
            make(list);
            var before = Blobs();

            var collecting = Task.Run(() => new GarbageCollector(
                new MetaflowSettings { User = "ada", Datastore = StoreAddress.Local(_root) }, new ManualTimeProvider(DateTimeOffset.UtcNow))
                .CollectAsync(new CollectionRequest { Flow = Flow, Deletes = true }, CancellationToken.None));
            if (step == "end")
            {
                // What became of the run is not known either; that alone keeps everything.
                Assert.IsNotType<TimeoutException>(
                    await Record.ExceptionAsync(() => collecting.WaitAsync(
                        TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken)));
            }
            else
            {
                var error = await Assert.ThrowsAsync<StorageException>(() => collecting.WaitAsync(
                    TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
                Assert.Equal(ErrorCodes.RecordUnreadable, error.Code);
                Assert.Contains(list, error.Message, StringComparison.Ordinal);
            }

            Assert.True(before.SequenceEqual(Blobs()), $"a blob went with {damage} in the place of a list");
            Remove(list);
            await File.WriteAllBytesAsync(list, whole, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task The_list_of_an_attempt_that_did_not_end_may_lack_anything()
    {
        var run = (await new SampleRun(_root).WriteAsync(1)).Run.RunId;
        var list = Directory.GetFiles(Path.Combine(_root, Flow, run, "end"), "*.data.json", SearchOption.AllDirectories).Single();
        await File.WriteAllTextAsync(list, """{"objects": {}, "info": {}}""", TestContext.Current.CancellationToken);
        File.Delete(list.Replace("data.json", "DONE.lock", StringComparison.Ordinal));
        Age();
        var report = await new GarbageCollector(
            new MetaflowSettings { User = "ada", Datastore = StoreAddress.Local(_root) }, new ManualTimeProvider(DateTimeOffset.UtcNow))
            .CollectAsync(new CollectionRequest { Flow = Flow, Deletes = true }, CancellationToken.None);
        Assert.True(report.Blobs > 0, "what only that attempt had goes");
    }

    private static void MakePipe(string path)
    {
        using var make = Process.Start("mkfifo", [path]);
        make.WaitForExit();
    }

    private static void Link(string path, Action<string> make)
    {
        make(path + ".target");
        File.CreateSymbolicLink(path, path + ".target");
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path) && new FileInfo(path).LinkTarget is null)
        {
            Directory.Delete(path, recursive: true);
        }
        else
        {
            File.Delete(path);
        }
    }

    private void Age()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(_root, Flow, "data"), "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-9));
        }
    }

    private List<string> Blobs()
        => [.. Directory.GetFiles(Path.Combine(_root, Flow, "data"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
