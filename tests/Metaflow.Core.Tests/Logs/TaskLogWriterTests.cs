using System.Text;
using Metaflow.Core.Tests.Storage;
using Metaflow.Logs;
using Metaflow.Naming;
using Metaflow.Storage;

namespace Metaflow.Core.Tests.Logs;

public sealed class TaskLogWriterTests : IDisposable
{
    private const string Path = "F/1/start/1/0.runtime_stdout.log";
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 22, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Chunks_become_lines_with_the_time_of_their_first_byte()
    {
        using (var log = Open())
        {
            log.Write("one\ntw"u8, Start);
            log.Write("o\nthree"u8, Start.AddSeconds(1));
            log.Write("!"u8, Start.AddSeconds(2));
        }

        Assert.Equal(
            [new LogLine(Start, "runtime", "one"), new LogLine(
                Start.AddMicroseconds(1), "runtime", "two"), new LogLine(Start.AddSeconds(1), "runtime", "three!")],
            await ReadAsync());
        Assert.EndsWith("three!\n", await File.ReadAllTextAsync(FullPath, Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_that_has_not_ended_is_visible_at_once_and_goes_on_later()
    {
        using var log = Open();
        log.Write("10 %"u8, Start);
        Assert.Equal("10 %", Assert.Single(await ReadAsync()).Text);

        log.Write("\r20 %"u8, Start.AddSeconds(1));

        Assert.Equal("10 %\r20 %", Assert.Single(await ReadAsync()).Text);
    }

    [Fact]
    public async Task A_line_of_the_framework_ends_the_line_before_it()
    {
        using (var log = Open())
        {
            log.Write("half"u8, Start);
            log.WriteLine("Task failed.\nTwice.", Start.AddSeconds(1));
            log.WriteLine(string.Empty, Start.AddSeconds(2));
            log.Write("more\n"u8, Start.AddSeconds(3));
        }

        Assert.Equal(["half", "Task failed.", "Twice.", string.Empty, "more"], (await ReadAsync()).Select(static line => line.Text));
    }

    [Fact]
    public async Task Text_that_looks_like_a_stored_line_stays_text()
    {
        const string Forged = "[MFLOG|0|2026-11-21T22:09:07.669994Z|task|x]not ours";
        using (var log = Open())
        {
            log.Write(Encoding.UTF8.GetBytes(Forged + "\n\n"), Start);
        }

        Assert.Equal(
            [new LogLine(Start, "runtime", Forged), new LogLine(Start.AddMicroseconds(1), "runtime", string.Empty)], await ReadAsync());
    }

    [Fact]
    public async Task A_log_that_outgrows_its_size_keeps_its_head_and_its_tail()
    {
        using (var log = Open(20_000))
        {
            for (var i = 0; i < 10_000; i++)
            {
                log.Write(Encoding.UTF8.GetBytes($"line {i}\n"), Start.AddMilliseconds(i));
            }
        }

        var texts = (await ReadAsync()).Select(static line => line.Text).ToList();
        var mark = texts.IndexOf(TaskLogWriter.TruncationMark);
        Assert.InRange(new FileInfo(FullPath).Length, 15_000, 20_300);
        Assert.Equal(Enumerable.Range(0, mark).Select(static i => $"line {i}"), texts.Take(mark));
        Assert.Equal(
            Enumerable.Range(10_000 - (texts.Count - mark - 1), texts.Count - mark - 1).Select(static i => $"line {i}"),
            texts.Skip(mark + 1));
        Assert.True(mark > 50 && texts.Count - mark > 50);
    }

    [Fact]
    public async Task A_log_that_just_fits_is_whole_and_has_no_mark()
    {
        using (var log = Open(20_000))
        {
            for (var i = 0; i < 200; i++)
            {
                log.Write(Encoding.UTF8.GetBytes($"line {i}\n"), Start.AddMilliseconds(i));
            }
        }

        Assert.Equal(Enumerable.Range(0, 200).Select(static i => $"line {i}"), (await ReadAsync()).Select(static line => line.Text));
    }

    [Fact]
    public async Task A_line_that_never_ends_is_bounded_too_and_no_character_is_split()
    {
        using (var log = Open(100_000))
        {
            var chunk = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("häßlich€", 1000)));
            for (var i = 0; i < 100; i++)
            {
                log.Write(chunk, Start);
            }

            log.Write("the last words"u8, Start);
        }

        var lines = await ReadAsync();
        Assert.InRange(new FileInfo(FullPath).Length, 50_000, 120_000);
        Assert.EndsWith("the last words", lines[^1].Text, StringComparison.Ordinal);
        Assert.DoesNotContain(lines, static line => line.Text.Contains('\ufffd', StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.Text == TaskLogWriter.TruncationMark);
    }

    [Fact]
    public void Writing_after_the_end_is_a_mistake_of_the_caller()
    {
        var log = Open();
        log.Dispose();
        log.Dispose();

        Assert.Throws<ObjectDisposedException>(() => log.Write("x"u8, Start));
        Assert.Throws<ObjectDisposedException>(() => log.WriteLine("x", Start));
    }

    [Fact]
    public async Task Sources_are_merged_by_time_and_lines_without_a_time_come_last()
    {
        var task = new TaskPath("F", "1", "start", "1");
        await WriteAsync(
            LogFiles.PathOf(task, 0, LogFiles.Runtime, LogKind.Stdout), Line(1, "runtime"), "no time\n", Line(5, "runtime"),
            Line(3, "runtime"));
        await WriteAsync(LogFiles.PathOf(task, 0, LogFiles.Task, LogKind.Stdout), Line(2, "task"), Line(3, "task"));
        await WriteAsync(LogFiles.LegacyPathOf(task, 0, LogKind.Stdout), "ignored\n");

        Assert.Equal(
            ["1 runtime", "2 task", "3 runtime", "3 task", "5 runtime", "no time"], (await ReadAsync()).Select(static line => line.Text));
    }

    [Fact]
    public async Task Logs_of_the_oldest_form_are_read_when_there_are_no_others()
    {
        await WriteAsync(LogFiles.LegacyPathOf(new TaskPath("F", "1", "start", "1"), 0, LogKind.Stdout), "old\nlines");

        Assert.Equal(["old", "lines"], (await ReadAsync()).Select(static line => line.Text));
        Assert.Equal(
            9,
            await new TaskLogReader(new LocalBlobStore(_folder.Root)).SizeAsync(
                new TaskPath("F", "1", "start", "1"), 0, LogKind.Stdout, Token));
    }

    private static string Line(int second, string source)
        => Encoding.UTF8.GetString(MflogLine.Format(new LogLine(Start.AddSeconds(second), source, $"{second} {source}")));

    private string FullPath => System.IO.Path.Combine(_folder.Root, Path);

    private TaskLogWriter Open(long maxBytes = TaskLogWriter.DefaultMaxBytes)
        => new(new LocalBlobStore(_folder.Root).OpenAppend(Path), LogFiles.Runtime, maxBytes);

    private async Task WriteAsync(string path, params string[] lines)
        => await new LocalBlobStore(_folder.Root).SaveAsync(
            [new BlobWrite(path, Encoding.UTF8.GetBytes(string.Concat(lines)))], overwrite: true, Token);

    private ValueTask<IReadOnlyList<LogLine>> ReadAsync()
        => new TaskLogReader(new LocalBlobStore(_folder.Root)).ReadAsync(new TaskPath("F", "1", "start", "1"), 0, LogKind.Stdout, Token);
}
