using System.Text;
using Metaflow.Core.Tests.Client;
using Metaflow.Core.Tests.Storage;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Runs;
using Metaflow.Storage;
using Metaflow.Verification;

namespace Metaflow.Core.Tests.Verification;

/// <summary>Deletes tasks and steps of runs that ended.</summary>
public sealed class LostTaskTests : IDisposable
{
    private const string Flow = "SampleFlow";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_task_and_each_step_that_a_journal_says_finished_is_missed()
    {
        var run = await WriteAsync();
        Assert.Empty(await LostAsync(_folder.Root, Flow));
        foreach (var (folder, there) in Folders(Path.Combine(_folder.Root, Flow, run)))
        {
            var lost = await WithoutAsync(folder, () => LostAsync(_folder.Root, Flow));
            Assert.Equal(there, lost.Count);
            Assert.All(lost, fault => Assert.StartsWith($"{Flow}/{run}", fault.Path, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_task_that_finished_and_has_no_complete_attempt_is_named()
    {
        var run = await WriteAsync();
        File.Delete(Path.Combine(_folder.Root, Flow, run, "body", "3", "0.DONE.lock"));
        var fault = Assert.Single(await LostAsync(_folder.Root, Flow));
        Assert.Equal($"{Flow}/{run}/body/3", fault.Path);
        Assert.True(fault.Remains);
    }

    [Fact]
    public async Task A_task_of_which_the_journal_does_not_say_that_it_finished_is_not_missed()
    {
        var run = await WriteAsync(finished: 2);
        foreach (var step in (string[])["join", "end"])
        {
            Directory.Delete(Path.Combine(_folder.Root, Flow, run, step), recursive: true);
        }

        Assert.Empty(await LostAsync(_folder.Root, Flow));
    }

    [Theory]
    [InlineData("ShapeFlow")]
    [InlineData("SwitchFlow")]
    [InlineData("FramesFlow")]
    public async Task Each_task_and_each_step_of_a_run_of_Python_that_ended_is_missed_but_its_end(string flow)
    {
        using var golden = new GoldenFolder();
        var tried = 0;
        foreach (var run in Directory.GetDirectories(Path.Combine(golden.Root, flow))
            .Where(static run => Directory.Exists(Path.Combine(run, "end"))))
        {
            foreach (var (folder, _) in Folders(run).Where(folder => Path.GetRelativePath(run, folder.Path).Split('/')[0] != "end"))
            {
                Assert.True((await WithoutAsync(folder, () => LostAsync(golden.Root, flow))).Count > 0, $"{folder} is not missed.");
                tried++;
            }
        }

        Assert.True(tried > 3, $"Only {tried} folders were deleted.");
    }

    [Fact]
    public async Task A_run_of_Python_that_failed_lacks_nothing_that_anybody_knows_of()
    {
        using var golden = new GoldenFolder();
        Assert.Empty(await LostAsync(golden.Root, "FailFlow"));
        foreach (var run in Directory.GetDirectories(Path.Combine(golden.Root, "FailFlow"))
            .Where(static run => Path.GetFileName(run).All(char.IsAsciiDigit) && !Directory.Exists(Path.Combine(run, "end"))))
        {
            Directory.Delete(Path.Combine(run, "start"), recursive: true);
        }

        Assert.Empty(await LostAsync(golden.Root, "FailFlow"));
    }

    [Fact]
    public async Task A_run_without_a_journal_that_is_recorded_as_one_that_succeeded_misses_its_end_too()
    {
        var run = (await new SampleRun(_folder.Root).WriteAsync(1)).Run.RunId;
        var status = new RunStatus(RunState.Succeeded, 1, "here", DateTimeOffset.UtcNow);
        await new LocalBlobStore(_folder.Root).SaveAsync([status.ToWrite(Flow, run)], overwrite: true, Token);
        Directory.Delete(Path.Combine(_folder.Root, Flow, run, "start"), recursive: true);
        Directory.Delete(Path.Combine(_folder.Root, Flow, run, "end"), recursive: true);
        Assert.Equal([$"{Flow}/{run}/start"], (await LostAsync(_folder.Root, Flow)).Select(static fault => fault.Path));
    }

    /// <summary>Writes a run of two items with a journal that says which of its tasks, from the first, finished.</summary>
    private async Task<string> WriteAsync(int finished = 5)
    {
        var run = (await new SampleRun(_folder.Root).WriteAsync(2)).Run.RunId;
        string[] next = ["body", "join", "join", "end", ""];
        byte[][] records =
        [
            """{"journal": 2, "events": [{"event": "started", "step": "_parameters", "task": "0"}]}"""u8.ToArray(),
            .. Enumerable.Range(0, finished).Select(i => Encoding.UTF8.GetBytes(
                $$"""{"events": [{"event": "finished", "task": "{{i + 1}}", "next": ["{{next[i]}}"]}]}""")),
        ];
        await File.WriteAllBytesAsync(
            Path.Combine(_folder.Root, Flow, run, "_meta", "journal"),
            [.. records.SelectMany(static record => JournalFile.Line(record))], Token);
        return run;
    }

    /// <summary>Returns the folders of the steps and tasks of a run, each with how many tasks it has.</summary>
    private static IEnumerable<(string Path, int Tasks)> Folders(string run)
    {
        foreach (var step in Directory.GetDirectories(run).Where(IsNoRecord))
        {
            var tasks = Directory.GetDirectories(step).Where(IsNoRecord).ToList();
            yield return (step, tasks.Count);
            foreach (var task in tasks)
            {
                yield return (task, 1);
            }
        }
    }

    private static bool IsNoRecord(string path) => Path.GetFileName(path) != "_meta";

    private static async Task<T> WithoutAsync<T>(string folder, Func<Task<T>> act)
    {
        var away = Directory.CreateTempSubdirectory("metaflow-away-").FullName;
        Directory.Delete(away);
        Directory.Move(folder, away);
        try
        {
            return await act();
        }
        finally
        {
            Directory.Move(away, folder);
        }
    }

    private static async Task<List<DatastoreFault>> LostAsync(string root, string flow)
    {
        var verifier = new DatastoreVerifier(new LocalBlobStore(root), hasRecords: true, TimeProvider.System);
        var flows = await verifier.VerifyAsync(new VerificationRequest { Flow = flow }, Token).ToListAsync(Token);
        return [.. flows.SelectMany(static checkedFlow => checkedFlow.Faults).Where(static fault => fault.Code == ErrorCodes.TaskLost)];
    }
}
