using System.Text;
using Metaflow.Errors;
using Metaflow.Runs;

namespace Metaflow.Core.Tests.Runs;

public sealed class JournalFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("metaflow-journal-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "journal");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Records_are_read_as_they_were_appended()
    {
        Write("a", "b ü", new string('c', 5000));
        Assert.Equal(["a", "b ü", new string('c', 5000)], Read());
    }

    [Fact]
    public void There_is_no_journal_where_there_is_no_file() => Assert.Null(JournalFile.Read(Path));

    [Fact]
    public void A_record_cut_at_any_byte_is_dropped_and_the_next_one_takes_its_place()
    {
        Write("first", "second");
        var whole = File.ReadAllBytes(Path);
        var kept = JournalFile.Line("first"u8).Length;
        for (var length = kept; length < whole.Length; length++)
        {
            File.WriteAllBytes(Path, whole[..length]);
            Assert.Equal(["first"], Read());
            using (var journal = JournalFile.Open(Path))
            {
                journal.Append("third"u8, isDurable: true);
            }

            Assert.Equal(["first", "third"], Read());
        }
    }

    [Fact]
    public void A_record_whose_end_alone_reached_the_disk_is_dropped()
    {
        Write("first", "second");
        var content = File.ReadAllBytes(Path);
        Array.Clear(content, JournalFile.Line("first"u8).Length, 6);
        File.WriteAllBytes(Path, content);
        Assert.Equal(["first"], Read());
    }

    [Fact]
    public void A_damaged_record_before_others_is_an_error()
    {
        Write("first", "second", "third");
        var whole = File.ReadAllBytes(Path);
        var last = whole.Length - JournalFile.Line("third"u8).Length;
        for (var at = 0; at < last; at++)
        {
            var damaged = whole.ToArray();
            damaged[at] ^= 0x15;
            File.WriteAllBytes(Path, damaged);
            Assert.Equal(ErrorCodes.JournalDamaged, Assert.Throws<MetadataException>(() => JournalFile.Read(Path)).Code);
            Assert.Throws<MetadataException>(() => JournalFile.Open(Path).Dispose());
        }
    }

    [Fact]
    public void The_last_record_is_read_from_the_end_whatever_lies_before()
    {
        Write([.. Enumerable.Range(0, 2000).Select(static i => $"record {i}"), "last"]);
        var content = File.ReadAllBytes(Path);
        content[100] ^= 0x15;
        File.WriteAllBytes(Path, content);
        Assert.Equal("last", Last());
    }

    [Theory]
    [InlineData(10)]
    [InlineData(5000)]
    [InlineData(200_000)]
    public void The_last_record_is_the_one_before_a_line_that_was_cut_short(int length)
    {
        Write([.. Enumerable.Range(0, 2000).Select(static i => $"record {i}"), new string('b', length), "torn"]);
        var whole = File.ReadAllBytes(Path);
        for (var cut = 1; cut < JournalFile.Line("torn"u8).Length; cut++)
        {
            File.WriteAllBytes(Path, whole[..^cut]);
            Assert.Equal(new string('b', length), Last());
            Assert.Equal(Read().Last(), Last());
        }
    }

    [Fact]
    public void A_damaged_end_is_an_error_for_who_reads_the_last_record_too()
    {
        Write([.. Enumerable.Range(0, 2000).Select(static i => $"record {i}"), "before", "last"]);
        var whole = File.ReadAllBytes(Path);
        for (var at = 1; at <= JournalFile.Line("before"u8).Length + JournalFile.Line("last"u8).Length; at++)
        {
            var damaged = whole.ToArray();
            damaged[^at] ^= 0x15;
            File.WriteAllBytes(Path, damaged);
            var all = Record.Exception(() => Read().Last());
            if (all is null)
            {
                Assert.Equal(Read().Last(), Last());
            }
            else if (at > JournalFile.Line("last"u8).Length + 1)
            {
                Assert.Equal("last", Last());
            }
            else
            {
                Assert.Equal(ErrorCodes.JournalDamaged, Assert.Throws<MetadataException>(() => Last()).Code);
            }
        }
    }

    [Fact]
    public void A_short_journal_has_a_last_record_too()
    {
        Write("only");
        Assert.Equal("only", Last());
        File.WriteAllBytes(Path, []);
        Assert.Null(JournalFile.ReadLast(Path));
        File.Delete(Path);
        Assert.Null(JournalFile.ReadLast(Path));
    }

    private string Last() => Encoding.UTF8.GetString(JournalFile.ReadLast(Path)!.Value.Span);

    private void Write(params string[] records)
    {
        File.WriteAllBytes(Path, JournalFile.Line(Encoding.UTF8.GetBytes(records[0])));
        using var journal = JournalFile.Open(Path);
        foreach (var record in records[1..])
        {
            journal.Append(Encoding.UTF8.GetBytes(record), isDurable: false);
        }
    }

    private IEnumerable<string> Read() => JournalFile.Read(Path)!.Select(static record => Encoding.UTF8.GetString(record.Span));
}
