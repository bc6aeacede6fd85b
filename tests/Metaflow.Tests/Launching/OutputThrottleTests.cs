using System.Text;
using Metaflow.Launching;
using Metaflow.Testing;

namespace Metaflow.Tests.Launching;

public sealed class OutputThrottleTests
{
    [Theory]
    [InlineData(".")]
    [InlineData("\rstep")]
    public void A_line_that_grows_all_the_time_is_shown_all_the_time(string piece)
    {
        var time = new ManualTimeProvider();
        var shown = new List<string>();
        using var lines = new OutputLines(time, (_, text) => shown.Add(text));
        for (var i = 0; i < 60; i++)
        {
            lines.Write(Encoding.UTF8.GetBytes(piece), time.GetUtcNow());
            time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.InRange(shown.Count, 20, 31);
        lines.Finish();
        Assert.All(shown, text => Assert.StartsWith(piece.TrimStart('\r'), text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_line_that_opens_has_its_own_moment_before_it_is_shown()
    {
        var time = new ManualTimeProvider();
        var shown = new List<string>();
        using var lines = new OutputLines(time, (_, text) => shown.Add(text));
        lines.Write("first"u8, time.GetUtcNow());
        time.Advance(TimeSpan.FromMilliseconds(150));
        lines.Write(" line\nsecond"u8, time.GetUtcNow());
        time.Advance(TimeSpan.FromMilliseconds(150));
        Assert.Equal(["first line"], shown);
        time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal(["first line", "second"], shown);
    }
}
