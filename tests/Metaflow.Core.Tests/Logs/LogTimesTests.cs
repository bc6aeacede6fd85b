using System.Text;
using Metaflow.Core.Tests.Storage;
using Metaflow.Logs;
using Metaflow.Storage;

namespace Metaflow.Core.Tests.Logs;

/// <summary>The reference sorts stored lines by time, and those of one time by random ids: the order of lines is in their times
/// alone.</summary>
public sealed class LogTimesTests : IDisposable
{
    private const string Path = "F/1/start/1/0.runtime_stdout.log";
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 22, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lines_of_one_chunk_have_times_that_rise()
    {
        using (var log = Open())
        {
            log.Write(Encoding.UTF8.GetBytes(string.Concat(Numbers(300))), Start);
        }

        AssertRising(Numbers(300));
        Assert.Equal(Start, ReadFile()[0].At);
    }

    [Fact]
    public void Lines_of_chunks_of_one_moment_have_times_that_rise()
    {
        using (var log = Open())
        {
            foreach (var line in Numbers(50))
            {
                log.Write(Encoding.UTF8.GetBytes(line), Start.AddTicks(3));
            }

            log.WriteLine("Task failed.\nTwice.", Start);
        }

        AssertRising([.. Numbers(50), "Task failed.\n", "Twice.\n"]);
    }

    [Fact]
    public void A_clock_that_is_set_back_does_not_turn_the_lines()
    {
        using (var log = Open())
        {
            log.Write("before\n"u8, Start);
            log.Write("after\n"u8, Start.AddHours(-1));
            log.Write("later\n"u8, Start.AddHours(1));
        }

        AssertRising(["before\n", "after\n", "later\n"]);
        Assert.Equal(Start.AddHours(1), ReadFile()[2].At);
    }

    [Fact]
    public void Times_of_a_clock_in_another_zone_are_those_of_UTC()
    {
        using (var log = Open())
        {
            log.Write("first\n"u8, Start.ToOffset(TimeSpan.FromHours(5)));
            log.Write("second\n"u8, Start.AddSeconds(1).ToOffset(TimeSpan.FromHours(-5)));
        }

        Assert.Equal([Start, Start.AddSeconds(1)], ReadFile().Select(static line => line.At!.Value));
    }

    [Theory]
    [InlineData("one\ntwo\n")]
    [InlineData("one\ntwo")]
    public void A_writer_goes_on_after_the_lines_of_one_that_was_killed(string written)
    {
        using (var killed = Open())
        {
            killed.Write(Encoding.UTF8.GetBytes(written), Start);
            using var log = Open();
            log.Write("three\nfour\n"u8, Start.AddMinutes(-1));
        }

        AssertRising(["one\n", "two\n", "three\n", "four\n"]);
    }

    [Fact]
    public void A_writer_goes_on_after_a_line_that_is_longer_than_a_block()
    {
        var text = new string('x', 300_000);
        using (var killed = Open())
        {
            killed.Write(Encoding.UTF8.GetBytes("short\n" + text), Start);
            using var log = Open();
            log.Write("more\n"u8, Start);
        }

        AssertRising(["short\n", text + "\n", "more\n"]);
    }

    [Fact]
    public void What_is_stored_already_counts_for_the_size_of_a_log()
    {
        for (var i = 0; i < 5; i++)
        {
            using var log = Open(20_000);
            log.Write(Encoding.UTF8.GetBytes(string.Concat(Numbers(1000))), Start);
        }

        // The first writer has a head and a tail, the others have a tail; and each may add a mark and part of a line.
        Assert.InRange(new FileInfo(FullPath()).Length, 50_000, 20_000 + (4 * 10_000) + (5 * 400));
        AssertRising();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10_000)]
    public void A_log_that_was_cut_has_times_that_rise(int linesOfChunk)
    {
        using (var log = Open(20_000))
        {
            foreach (var chunk in Numbers(10_000).Chunk(linesOfChunk))
            {
                log.Write(Encoding.UTF8.GetBytes(string.Concat(chunk)), Start);
            }
        }

        AssertRising();
        Assert.Contains(ReadFile(), static line => line.Text == TaskLogWriter.TruncationMark);
        Assert.Equal("line 9999", ReadFile()[^1].Text);
    }

    [Fact]
    public void The_pieces_of_a_line_that_never_ends_have_times_that_rise()
    {
        using (var log = Open(100_000))
        {
            for (var i = 0; i < 100; i++)
            {
                log.Write(Encoding.UTF8.GetBytes(new string('y', 9_000)), Start);
            }

            log.Write("\nlast\n"u8, Start);
        }

        AssertRising();
        Assert.True(ReadFile().Count > 4);
    }

    [Fact]
    public async Task A_target_that_cannot_be_cut_has_times_that_rise_too()
    {
        var blobs = new MemoryBlobStore();
        using (var log = new TaskLogWriter(blobs.OpenAppend(Path), LogFiles.Runtime, 20_000))
        {
            log.Write(Encoding.UTF8.GetBytes(string.Concat(Numbers(10_000))), Start);
        }

        using var content = (await blobs.OpenAsync(Path, TestContext.Current.CancellationToken))!.Content;
        using var reader = new StreamReader(content);
        AssertRising(Lines(await reader.ReadToEndAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void Writers_that_share_a_clock_give_their_lines_one_order()
    {
        var clock = new LogClock();
        using (var output = Open(clock: clock))
        using (var error = Open(path: "F/1/start/1/0.runtime_stderr.log", clock: clock))
        {
            output.Write("1\n2\n"u8, Start);
            error.Write("3\n"u8, Start);
            output.Write("4\n"u8, Start.AddTicks(-7));
            error.WriteLine("5", Start);
        }

        var both = ReadFile().Concat(ReadFile("F/1/start/1/0.runtime_stderr.log")).OrderBy(static line => line.At).ToList();
        AssertRising(both);
        Assert.Equal(["1", "2", "3", "4", "5"], both.Select(static line => line.Text));
    }

    private static string[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(static i => $"line {i:000}\n")];

    private static List<LogLine> Lines(string text) =>
    [
        .. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => MflogLine.Parse(Encoding.UTF8.GetBytes(line))),
    ];

    private static void AssertRising(IReadOnlyList<LogLine> lines)
        => Assert.All(
            lines.Zip(lines.Skip(1)),
            static pair => Assert.True(pair.First.At < pair.Second.At, $"{pair.First} is not before {pair.Second}"));

    private void AssertRising(IReadOnlyList<string>? texts = null)
    {
        var lines = ReadFile();
        Assert.DoesNotContain(lines, static line => line.At is null);
        AssertRising(lines);
        if (texts is not null)
        {
            Assert.Equal(texts, lines.Select(static line => line.Text + "\n"));
        }
    }

    // In the order of the file, not in that of a reader that sorts.
    private List<LogLine> ReadFile(string path = Path) => Lines(File.ReadAllText(FullPath(path)));

    private string FullPath(string path = Path) => System.IO.Path.Combine(_folder.Root, path);

    private TaskLogWriter Open(long maxBytes = TaskLogWriter.DefaultMaxBytes, string path = Path, LogClock? clock = null)
        => new(new LocalBlobStore(_folder.Root).OpenAppend(path), LogFiles.Runtime, maxBytes, clock);
}
