using Metaflow.Errors;
using Metaflow.Serialization;

namespace Metaflow.Core.Tests.Serialization;

/// <summary>Stored records that have fewer, other or renamed entries than the type that they are read into.</summary>
public sealed class RequiredMemberTests
{
    [Fact]
    public void A_record_without_an_entry_that_its_constructor_needs_is_refused_with_the_nearest_key()
    {
        var error = Refused<Training>(new Dictionary<string, object?> { ["learning_rat"] = 0.1, ["names"] = new List<string>() });
        Assert.Contains("'value' has no 'learning_rate', which 'Training' needs.", error.Message, StringComparison.Ordinal);
        Assert.Contains("'learning_rat', which is almost the same name", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_of_wholly_other_keys_is_refused_with_the_keys_that_are_there()
        => Assert.Contains(
            "It has 'alpha'.", Refused<Training>(new Dictionary<string, double> { ["alpha"] = 0.1 }).Message, StringComparison.Ordinal);

    [Fact]
    public void An_object_without_any_state_lacks_what_a_record_needs()
        => Assert.Contains(
            "It has no entries.", Refused<Training>(new PythonObject("__main__", "Empty", [])).Message, StringComparison.Ordinal);

    [Fact]
    public void The_error_names_the_place_of_the_record()
    {
        var stored = new Dictionary<string, object?>
        {
            ["runs"] = new List<object?> { Whole(), new Dictionary<string, object?> { ["names"] = new List<string>() } },
        };
        Assert.Contains("'value.Runs[1]' has no 'learning_rate'", Refused<Study>(stored).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Members_that_may_be_missing_are_optional()
    {
        var read = Pickles.ReadAs<Optional>(new Dictionary<string, object?> { ["needed"] = 1L });
        Assert.Equal(new Optional(1), read);
        Assert.Equal((7, null, "text", Choice.Second), (read.WithDefault, read.Nullable, read.Text, read.Choice));
        Refused<Optional>(new Dictionary<string, object?>());
    }

    [Fact]
    public void A_list_of_records_reads_old_and_new_ones()
    {
        var stored = new List<object?>
        {
            new Dictionary<string, object?> { ["needed"] = 1L }, new Dictionary<string, object?> { ["needed"] = 2L, ["nullable"] = 3L },
        };
        Assert.Equal([new Optional(1), new Optional(2, Nullable: 3)], Pickles.ReadAs<List<Optional>>(stored));
    }

    [Fact]
    public void A_member_marked_required_must_be_there()
    {
        Assert.Equal("x", Pickles.ReadAs<Marked>(new Dictionary<string, object?> { ["name"] = "x" }).Name);
        Assert.Contains("'name'", Refused<Marked>(new Dictionary<string, object?> { ["count"] = 1L }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_that_is_set_keeps_its_initial_value_unless_a_key_looks_like_a_misspelling()
    {
        Assert.Equal(5, Pickles.ReadAs<Settings>(new Dictionary<string, object?> { ["other"] = 1L }).BatchSize);
        Assert.Contains(
            "'batch_sise'", Refused<Settings>(new Dictionary<string, object?> { ["batch_sise"] = 1L }).Message, StringComparison.Ordinal);
        Assert.Contains(
            "'batchsizes'",
            Refused<SettingsRecord>(new Dictionary<string, object?> { ["batchsizes"] = 1L }).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_are_near_only_because_they_are_short_are_no_misspelling()
        => Assert.Equal(new Point(1, null), Pickles.ReadAs<Point>(new Dictionary<string, object?> { ["x"] = 1L, ["z"] = 2L }));

    [Fact]
    public void A_property_that_is_computed_is_no_misspelling_of_another()
        => Assert.Equal(0, Pickles.ReadAs<Computed>(new Dictionary<string, object?> { ["totals"] = 4L }).Total);

    [Theory]
    [InlineData("learning_rate")]
    [InlineData("LearningRate")]
    [InlineData("rate")]
    [InlineData("Rate")]
    [InlineData("lr")]
    public void A_member_is_read_by_its_former_names_too(string key)
    {
        Assert.Equal(new Renamed(0.5), Pickles.ReadAs<Renamed>(new Dictionary<string, double> { [key] = 0.5 }));
        Assert.Equal(0.5, Pickles.ReadAs<RenamedClass>(new Dictionary<string, double> { [key] = 0.5 }).Rate);
    }

    [Fact]
    public void A_member_is_stored_by_its_present_name_only()
        => Assert.Equal(["rate"], ((Dictionary<object, object?>)PickleReader.Read(Pickles.Write(new Renamed(1)))!).Keys);

    [Fact]
    public void The_present_name_goes_before_a_former_one()
        => Assert.Equal(new Renamed(1), Pickles.ReadAs<Renamed>(new Dictionary<string, double> { ["lr"] = 2, ["rate"] = 1 }));

    [Fact]
    public void A_former_name_that_another_member_has_now_is_that_members_alone()
    {
        var read = Pickles.ReadAs<Swapped>(new Dictionary<string, long> { ["count"] = 3 });
        Assert.Equal((3, null), (read.Count, read.Total));
    }

    private static Dictionary<string, object?> Whole() => new() { ["learning_rate"] = 0.1, ["names"] = new List<string> { "a" } };

    private static StorageException Refused<T>(object stored)
    {
        var error = Assert.Throws<StorageException>(() => Pickles.ReadAs<T>(stored));
        Assert.Equal(ErrorCodes.ValueDoesNotFit, error.Code);
        return error;
    }

    private enum Choice
    {
        First,
        Second,
    }

    private sealed record Training(double LearningRate, List<string> Names);

    private sealed record Study(List<Training> Runs);

    private sealed record Optional(
        int Needed, int WithDefault = 7, int? Nullable = null, string Text = "text", string? Maybe = null, Choice Choice = Choice.Second);

    private sealed record Point(int X, int? Y);

    private sealed record SettingsRecord(int BatchSize = 5);

    private sealed record Renamed([property: FormerArtifactName("LearningRate"), FormerArtifactName("lr")] double Rate);

    private sealed record Swapped(int Count, [property: FormerArtifactName("Count")] int? Total = null);

    private sealed class RenamedClass
    {
        [FormerArtifactName("LearningRate")]
        [FormerArtifactName("lr")]
        public required double Rate { get; set; }
    }

    private sealed class Marked
    {
        public required string Name { get; init; }

        public int Count { get; set; }
    }

    private sealed class Settings
    {
        public int BatchSize { get; set; } = 5;
    }

    private sealed class Computed
    {
        public int Total { get; set; }

        public int Totals => Total * 2;
    }
}
