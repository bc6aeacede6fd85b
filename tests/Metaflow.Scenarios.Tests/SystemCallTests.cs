using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Metaflow.Scenarios.Tests;

/// <summary>Reads the system calls of a real run: what was acknowledged must survive a power cut on any file system that keeps to
/// POSIX.</summary>
public sealed partial class SystemCallTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Every_name_that_leads_to_a_file_of_an_acknowledged_task_is_on_disk_before()
    {
        var calls = await TraceAsync("ForeachFlow", "run", "--count", "3");
        var root = Path.GetDirectoryName(_place.Root)!;
        var acknowledged = 0;
        foreach (var (at, run, step, task) in Acknowledgements(calls))
        {
            acknowledged++;
            var folder = Path.Combine(_place.Root, "ForeachFlow", run, step, task);
            var files = calls.Where(call => call.End < at && IsOfTask(call, folder)).ToList();
            Assert.Contains(files, static file => file.Made!.EndsWith(".DONE.lock", StringComparison.Ordinal));
            foreach (var file in files)
            {
                for (var path = file.Made!; path.Length > root.Length; path = Path.GetDirectoryName(path)!)
                {
                    AssertDurable(calls, path, at);
                }
            }
        }

        Assert.Equal(6, acknowledged);
    }

    [Fact]
    public async Task Every_blob_is_on_disk_with_its_name_before_a_task_that_may_refer_to_it_is_acknowledged()
    {
        var calls = await TraceAsync("ForeachFlow", "run", "--count", "3");
        var last = Acknowledgements(calls).Last().At;
        var blobs = calls.Where(static call => call.Made is { } path && BlobPath().IsMatch(path)).ToList();
        Assert.NotEmpty(blobs);
        foreach (var blob in blobs.Where(blob => blob.End < last))
        {
            for (var path = blob.Made!; path.Length > _place.Folder.Length; path = Path.GetDirectoryName(path)!)
            {
                AssertDurable(calls, path, last);
            }
        }
    }

    [Fact]
    public async Task A_task_flushes_few_files_and_folders()
    {
        var calls = await TraceAsync("ForeachFlow", "run", "--count", "20");
        var flushes = calls.Count(static call => call.Flushed is not null);

        // 23 tasks, each with its blobs, lists, marks and records, and the folders above them.
        Assert.InRange(flushes / 23.0, 1, 70);
    }

    // The scheduler notes how a process ended beside the run: of a success nobody reads that note, and nothing waits for it.
    private static bool IsOfTask(Call call, string folder)
        => call.Made?.StartsWith(folder + "/", StringComparison.Ordinal) is true && !call.IsFolder
            && !call.Made.EndsWith(".runtime", StringComparison.Ordinal);

    // Somebody flushed the folder that the name is in after the name was there, and before the acknowledgement.
    private static void AssertDurable(IReadOnlyList<Call> calls, string path, int at)
    {
        var made = calls.Where(call => call.Made == path && call.End < at).Select(static call => call.End).DefaultIfEmpty(-1).First();
        var folder = Path.GetDirectoryName(path)!;
        Assert.True(
            made < 0 || calls.Any(call => call.Flushed == folder && call.Start > made && call.End < at),
            $"'{path}' was made at line {made} and acknowledged at line {at}, and '{folder}' was not flushed between");
    }

    private static IEnumerable<(int At, string Run, string Step, string Task)> Acknowledgements(IReadOnlyList<Call> calls)
        => from call in calls
           where call.Text.Contains("Task finished successfully", StringComparison.Ordinal)
               && call.Text.StartsWith("write(", StringComparison.Ordinal)
           from Match match in FinishedTask().Matches(call.Text)
           select (call.Start, match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value);

    private async Task<IReadOnlyList<Call>> TraceAsync(string flow, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && IsThere("strace"), "strace is not installed, or this is not Linux.");
        var trace = Path.Combine(_place.Folder, "trace");
        var start = new ProcessStartInfo("strace") { WorkingDirectory = _place.Folder };
        foreach (var argument in (string[])
        [
            "-f", "-y", "-s", "4000", "-e", "trace=mkdir,mkdirat,rename,renameat,renameat2,link,linkat,fsync,fdatasync,write", "-o", trace,
            FlowsProgram.File, .. arguments,
        ])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["SCENARIO_FLOW"] = flow;
        foreach (var (name, value) in _place.Environment)
        {
            start.Environment[name] = value;
        }

        using var process = new FlowProcess(start);
        var outcome = await process.EndAsync();
        Assert.SkipWhen(
            outcome.Errors.Contains("Operation not permitted", StringComparison.Ordinal) && outcome.ExitCode != 0,
            "Processes may not be traced here.");
        outcome.Succeeded();
        return Calls(await File.ReadAllLinesAsync(trace));
    }

    private static bool IsThere(string program)
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Puts calls together that strace shows in two lines, as another thread's came between.</summary>
    private static List<Call> Calls(string[] lines)
    {
        var begun = new Dictionary<string, (int Start, string Text)>(StringComparer.Ordinal);
        var calls = new List<Call>();
        for (var i = 0; i < lines.Length; i++)
        {
            var blank = lines[i].IndexOf(' ', StringComparison.Ordinal);
            var (thread, text) = (lines[i][..blank], lines[i][blank..].TrimStart());
            if (text.EndsWith("<unfinished ...>", StringComparison.Ordinal))
            {
                begun[thread] = (i, text[..^"<unfinished ...>".Length]);
            }
            else if (text.StartsWith("<... ", StringComparison.Ordinal) && begun.Remove(thread, out var first))
            {
                calls.Add(new Call(first.Start, i, first.Text + text[(text.IndexOf('>', StringComparison.Ordinal) + 1)..]));
            }
            else
            {
                calls.Add(new Call(i, i, text));
            }
        }

        return calls;
    }

    [GeneratedRegex(@"(\d+)/(\w+)/(\w+) \(pid \d+\)\] Task finished successfully")]
    private static partial Regex FinishedTask();

    [GeneratedRegex("/data/[0-9a-f]{2}/[0-9a-f]{40}$")]
    private static partial Regex BlobPath();

    /// <summary>One system call.</summary>
    private sealed partial record Call(int Start, int End, string Text)
    {
        private bool Succeeded { get; } = EndOfSuccess().IsMatch(Text);

        public bool IsFolder => Text.StartsWith("mkdir", StringComparison.Ordinal);

        /// <summary>Gets the name that it gave to a file or folder.</summary>
        public string? Made => Succeeded && MadeName().Match(Text) is { Success: true } match ? match.Groups[1].Value : null;

        /// <summary>Gets the file or folder that it made durable.</summary>
        public string? Flushed => Succeeded && FlushedName().Match(Text) is { Success: true } match ? match.Groups[1].Value : null;

        [GeneratedRegex(@"= 0$")]
        private static partial Regex EndOfSuccess();

        // The last text of the call is the new name: of mkdir the only one.
        [GeneratedRegex("^(?:mkdir|mkdirat|rename|renameat|renameat2|link|linkat)\\(.*\"([^\"]+)\"[^\"]*$")]
        private static partial Regex MadeName();

        [GeneratedRegex(@"^f(?:data)?sync\(\d+<([^>]+)>")]
        private static partial Regex FlushedName();
    }
}
