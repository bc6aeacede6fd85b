using Metaflow.Errors;
using Metaflow.Serialization;

namespace Metaflow.Core.Tests.Serialization;

/// <summary>Values that a type stored as it was before are read into the type as it is now, or refused with the member's name.</summary>
public sealed class ChangedTypeTests
{
    private static readonly Before.Training Stored = new()
    {
        Epochs = 3,
        Rate = 0.5f,
        Size = Before.Size.Small,
        Marks = Before.Marks.Old | Before.Marks.Both,
        Sizes = [1, 2],
        Losses = [1.5f, 2],
        Named = { ["a"] = 1 },
        Left = 7,
    };

    [Fact]
    public void Members_that_are_new_gone_renamed_and_wider_are_read()
    {
        var read = Read<Now.Training>(Stored);
        Assert.Equal(
            (3L, 0.5, "none", null, 10, new DateOnly(2026, 1, 1)),
            (read.Epochs, read.LearningRate, read.Text, read.Note, read.Batch, read.Day));
        Assert.Equal((Now.Size.Little, Now.Marks.New | Now.Marks.Both), (read.Size, read.Marks));
        Assert.Equal([1.0, 2.0], read.Sizes);
        Assert.Equal([1.5, 2.0], read.Losses);
        Assert.Equal(1m, read.Named["a"]);
        Assert.Equal(Now.Size.Large, Read<Now.Training>(new Before.Training { Size = Before.Size.Large }).Size);
    }

    [Fact]
    public void Old_and_new_values_in_one_list_are_read()
    {
        var mixed = new List<object?> { Plain(Stored), Plain(new Now.Training { Epochs = 4, Batch = 5, Size = Now.Size.Tiny }) };
        var read = Pickles.ReadAs<List<Now.Training>>(mixed);
        Assert.Equal([(3L, 10), (4L, 5)], read.Select(static training => (training.Epochs, training.Batch)));
    }

    [Fact]
    public void Many_old_values_are_read_like_one()
        => Assert.All(
            Read<List<Now.Training>>(Enumerable.Repeat(0, 500).Select(static _ => new Before.Training { Epochs = 3, Rate = 2 }).ToList()),
            static read => Assert.Equal((3L, 2.0), (read.Epochs, read.LearningRate)));

    [Fact]
    public void What_does_not_fit_is_refused_and_the_member_named()
    {
        Refused<Narrow>(Stored with { Epochs = 300 }, "'value.Epochs' is the int 300, which does not fit 'Byte'.");
        Assert.Equal(3, Read<Narrow>(Stored).Epochs);
        Refused<Whole>(Stored, "'value.Rate' is the float 0.5, which does not fit 'Int32'.");
        Refused<Needing>(Stored, "'value' has no 'fresh', which 'Needing' needs.");
        Refused<Requiring>(Stored, "'value' has no 'fresh', which 'Requiring' needs.");
        Refused<Shrunk>(Stored, "'value.Size' is the str 'Small', which does not fit 'Kind'.");
        Refused<NotNull>(new Before.Training { Left = null }, "'value.Left' is None, which does not fit 'Int32'.");
        Refused<Other>(Stored, "'value.Sizes' is a ");
        Refused<Before.Marked>(new Now.Training { Marks = Now.Marks.New }, "'value.Marks' is the str 'New'");
    }

    [Fact]
    public void A_former_name_that_another_member_has_now_is_that_members()
    {
        var read = Read<Swapped>(new Swapped { Rate = 1, LearningRate = 2 });
        Assert.Equal((1, 2), (read.Rate, read.LearningRate));
    }

    [Fact]
    public void A_class_becomes_a_record_a_structure_and_a_base()
    {
        Assert.Equal(new Point(3), Read<Point>(Stored));
        Assert.Equal(3, Read<PointStructure>(Stored).Epochs);
        Assert.Equal((3, 7), (Read<Derived>(Stored).Epochs, Read<Derived>(Stored).Left));
        Assert.Equal("x", Read<NullableRecord>(new { Name = "x" }).Name);
    }

    private static object? Plain(object value) => ArtifactSerializer.DeserializePlain(Pickles.Write(value), "pickle-v4");

    private static T Read<T>(object stored) => Pickles.ReadAs<T>(stored);

    private static void Refused<T>(object stored, string part)
    {
        var error = Assert.Throws<StorageException>(() => Read<T>(stored));
        Assert.Equal(ErrorCodes.ValueDoesNotFit, error.Code);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    internal static class Before
    {
        internal enum Size
        {
            Small,
            Large,
        }

        [Flags]
        internal enum Marks
        {
            None,
            Old,
            Both,
        }

        internal sealed record Training
        {
            public int Epochs { get; set; }

            public float Rate { get; set; }

            public Size Size { get; set; }

            public Marks Marks { get; set; }

            public int[] Sizes { get; set; } = [];

            public List<float> Losses { get; set; } = [];

            public Dictionary<string, int> Named { get; set; } = [];

            public int? Left { get; set; }
        }

        internal sealed record Marked(Marks Marks);
    }

    internal static class Now
    {
        internal enum Size
        {
            Tiny = 5,

            [FormerArtifactName("Small")]
            Little,
            Large,
        }

        [Flags]
        internal enum Marks
        {
            None,
            Both,

            [FormerArtifactName("Older")]
            [FormerArtifactName("Old")]
            New,
        }

        internal sealed class Training
        {
            public long Epochs { get; set; }

            [FormerArtifactName("Rate")]
            public double LearningRate { get; set; }

            public Size Size { get; set; }

            public Marks Marks { get; set; }

            public double[] Sizes { get; set; } = [];

            public IReadOnlyList<double> Losses { get; set; } = [];

            public Dictionary<string, decimal> Named { get; set; } = [];

            public string Text { get; set; } = "none";

            public string? Note { get; set; }

            public int Batch { get; init; } = 10;

            public DateOnly Day { get; private set; } = new(2026, 1, 1);
        }
    }

    internal enum Kind
    {
        Large,
    }

    internal sealed record Narrow(byte Epochs);

    internal sealed record Whole(int Rate);

    internal sealed record Needing(int Epochs, int Fresh);

    internal sealed class Requiring
    {
        public required string Fresh { get; set; }
    }

    internal sealed record Shrunk(Kind Size);

    internal sealed record NotNull(int Left);

    internal sealed record Other(string Sizes);

    internal sealed class Swapped
    {
        public int Rate { get; set; }

#pragma warning disable MF1057 // The former name is another member's now.
        [FormerArtifactName("Rate")]
        public int LearningRate { get; set; }
#pragma warning restore MF1057
    }

    internal sealed record Point(int Epochs);

    internal readonly record struct PointStructure(int Epochs);

    internal abstract class Base
    {
        public int Epochs { get; set; }
    }

    internal sealed class Derived : Base
    {
        public int? Left { get; set; }
    }

    internal sealed record NullableRecord(string? Name, int? Missing = null);
}
