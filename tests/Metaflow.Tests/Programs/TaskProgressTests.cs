using Metaflow.Launching;
using Metaflow.Platform;
using Metaflow.Testing;

namespace Metaflow.Tests.Programs;

public sealed class TaskProgressTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly List<(double? Fraction, string? Text)> _sent = [];

    [Theory]
    [InlineData(0.4, 0.4)]
    [InlineData(-3, 0.0)]
    [InlineData(1.5, 1.0)]
    [InlineData(double.NegativeInfinity, 0.0)]
    [InlineData(double.PositiveInfinity, 1.0)]
    [InlineData(double.NaN, null)]
    public void A_fraction_is_between_0_and_1_or_not_known(double given, double? sent)
    {
        Make().Report(given);

        Assert.Equal([(sent, null)], _sent);
    }

    [Theory]
    [InlineData(3, 4, 0.75)]
    [InlineData(-1, 4, 0.0)]
    [InlineData(9, 4, 1.0)]
    [InlineData(long.MaxValue, long.MaxValue, 1.0)]
    [InlineData(3, 0, null)]
    [InlineData(0, -1, null)]
    public void A_number_of_parts_is_a_fraction_of_their_total(long done, long total, double? sent)
    {
        Make().Report(done, total, "text");

        Assert.Equal([(sent, "text")], _sent);
    }

    [Fact]
    public void The_first_report_is_sent_at_once_the_last_of_a_burst_a_tenth_of_a_second_later()
    {
        var progress = Make();
        for (var i = 1; i <= 1000; i++)
        {
            progress.Report(i, 1000);
        }

        Assert.Equal([(0.001, null)], _sent);
        _time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Single(_sent);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([(0.001, null), (1, null)], _sent);
    }

    [Fact]
    public void At_most_ten_reports_a_second_are_sent()
    {
        var progress = Make();
        for (var i = 0; i < 10_000; i++)
        {
            progress.Report(i, 10_000);
            _time.Advance(TimeSpan.FromMilliseconds(0.1));
        }

        Assert.InRange(_sent.Count, 10, 11);
    }

    [Fact]
    public void The_last_report_is_sent_at_the_end_and_none_after_it()
    {
        var progress = Make();
        progress.Report(0.1);
        progress.Report(0.2);
        progress.End();
        progress.Report(0.3);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([(0.1, null), (0.2, null)], _sent);
        Assert.Equal(0, _time.PendingTimers);
    }

    [Fact]
    public void A_text_is_shown_on_one_line_of_at_most_100_characters()
    {
        Assert.Equal(@"a\nb\x1b[2J", ProgressMessage.Shown("  a\nb\e[2J "));
        Assert.Null(ProgressMessage.Shown(" \n"));
        Assert.Equal(100, ProgressMessage.Shown(new string('x', 500))!.Length);
        Assert.Equal(100, ProgressMessage.Shown(new string('\e', 500))!.Length);
        Assert.Equal(new string('x', 99) + "…", ProgressMessage.Shown(new string('x', 101)));
    }

    [Fact]
    public void No_message_is_longer_than_a_pipe_takes_as_a_whole()
    {
        var message = new ProgressMessage(int.MaxValue, 1 / 3.0, new string('漢', 100));

        Assert.InRange(message.ToBytes().Length, 300, MessagePipe.MaxMessage);
        Assert.Equal(message with { Fraction = 0.3333 }, ProgressMessage.TryParse(message.ToBytes().AsSpan()[..^1]));
    }

    [Fact]
    public void Nobody_that_reads_is_no_reason_to_wait_or_to_fail()
    {
        Assert.Null(MessagePipe.TryOpenForWriting("/proc/1/fd/no-pipe"));
        ProgressSender.Of("1:/nowhere/pipe")!(0.5, "lost");
        Assert.Null(ProgressSender.Of(null));
        Assert.Null(ProgressSender.Of("no address"));
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The system has no such pipes.");
        using var pipe = MessagePipe.TryCreate()!;
        using var writer = MessagePipe.TryOpenForWriting(pipe.Address)!;
        var written = 0;
        while (MessagePipe.TryWrite(writer, new byte[MessagePipe.MaxMessage]))
        {
            written++;
        }

        Assert.InRange(written, 8, 100_000);
    }

    private TaskProgress Make() => new((fraction, text) => _sent.Add((fraction, text)), _time);
}
