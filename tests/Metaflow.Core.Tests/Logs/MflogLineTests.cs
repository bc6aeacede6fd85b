using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Metaflow.Logs;

namespace Metaflow.Core.Tests.Logs;

public sealed class MflogLineTests
{
    [Fact]
    public void A_line_of_the_reference_is_read()
    {
        var line = Parse("[MFLOG|0|2026-11-21T22:09:07.669994Z|runtime|11a9569f-a281-4462-9d6d-46acc78235d7]    Internal error");

        Assert.Equal(
            new LogLine(new DateTimeOffset(2026, 11, 21, 22, 9, 7, TimeSpan.Zero).AddTicks(6699940), "runtime", "    Internal error"),
            line);
    }

    [Theory]
    [InlineData("[![MFLOG|0|2026-11-21T22:09:07.669994Z|task|x]persisted", "task", "persisted")]
    [InlineData("[MFLOG|0|2026-11-21T22:09:07Z|task|2026-11-21T22:09:07Z]no fraction", "task", "no fraction")]
    [InlineData("[MFLOG|0|2026-11-21T22:09:07.669994Z|task|x]", "task", "")]
    [InlineData("[MFLOG|0|2026-11-21T22:09:07.669994Z|task|x][MFLOG|0|nested", "task", "[MFLOG|0|nested")]
    public void Lines_of_other_writers_are_read(string line, string source, string text)
    {
        var read = Parse(line);

        Assert.Equal((source, text), (read.Source, read.Text));
        Assert.NotNull(read.At);
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("[MFLOG|1|2026-11-21T22:09:07.669994Z|task|x]another version")]
    [InlineData("[MFLOG|0|yesterday|task|x]no time")]
    [InlineData("[MFLOG|0|2026-11-21T22:09:07.669994Z|task")]
    [InlineData("[MFLOG|0|")]
    public void Anything_else_is_text_without_a_time(string line) => Assert.Equal(new LogLine(null, string.Empty, line), Parse(line));

    [Fact]
    public void Every_text_survives_being_stored() => Prop.ForAll<NonNull<string>, DateTime>((text, time) =>
    {
        // A text with a line feed is several lines; half of a surrogate pair is no text.
        var expected = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Get.Replace("\n", " ", StringComparison.Ordinal)));
        var line = new LogLine(
            new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc).Ticks / 10 * 10, TimeSpan.Zero), "runtime", expected);

        return MflogLine.Parse(MflogLine.Format(line).AsSpan()[..^1]) == line;
    }).QuickCheckThrowOnFailure();

    private static LogLine Parse(string line) => MflogLine.Parse(Encoding.UTF8.GetBytes(line));
}
