using System.Buffers;
using System.Globalization;
using Metaflow.Errors;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Core.Tests.Serialization;

/// <summary>Values that are long enough to be read straight into their types.</summary>
public sealed class LongValueTests
{
    private const int Count = 3000;

    [Fact]
    public void Collections_of_every_common_kind_read_back_equal()
    {
        var numbers = Enumerable.Range(-5, Count).ToList();
        AssertReadsBack(numbers);
        AssertReadsBack(numbers.ConvertAll(number => (long)number << 33));
        AssertReadsBack(numbers.ConvertAll(number => number / 3.0));
        AssertReadsBack(numbers.ConvertAll(number => number % 7 == 0 ? null : (int?)number));
        AssertReadsBack(numbers.ConvertAll(number => number % 7 == 0 ? null : $"é {number}").ToArray());
        AssertReadsBack(numbers.ConvertAll(number => Enumerable.Range(0, Math.Abs(number % 4)).Select(Text).ToList()));
        AssertReadsBack(numbers.ToDictionary(Text, number => number / 7.0));
        AssertReadsBack(numbers.ToDictionary(Text, number => number % 2 == 0 ? DayOfWeek.Friday : DayOfWeek.Monday));
        AssertReadsBack(numbers.ToDictionary(Text, number => new Dictionary<string, int> { [Text(number)] = number }));
        AssertReadsBack(numbers.ConvertAll(number => new Step(Text(number), number, number % 3 == 0 ? null : new Step("inner", 1, null))));
    }

    [Fact]
    public void Dictionaries_of_full_batches_read_back_equal()
    {
        foreach (var count in new[] { 1, 2, 999, 1000, 1001, 2000 })
        {
            AssertReadsBack(Enumerable.Range(0, count).ToDictionary(Text, number => number));
            AssertReadsBack(Enumerable.Range(0, count).ToDictionary(Text, Text));
        }
    }

    [Fact]
    public void Objects_that_are_one_stay_one()
    {
        var shared = new List<string> { "a", "b" };
        var lists = Read(Enumerable.Repeat(shared, Count).ToList());
        Assert.Same(lists[0], lists[^1]);
        var text = new string('x', 5);
        var texts = Read(Enumerable.Repeat(text, Count).ToList());
        Assert.Same(texts[0], texts[^1]);
    }

    [Fact]
    public void A_text_that_is_key_and_value_is_written_once()
    {
        var key = Text(12345);
        var table = Enumerable.Range(0, Count).ToDictionary(Text, Text);
        table["again"] = key;
        table[key] = key;
        var read = Read(table);
        Assert.Same(read["again"], read[key]);
    }

    [Fact]
    public void Texts_of_every_length_near_where_their_length_takes_more_bytes_read_back_equal()
    {
        var lengths = new[] { 0, 1, 84, 85, 86, 127, 128, 254, 255, 256, 257, 340, 341, 342, 1023, 1024, 1025, 70_000 };
        AssertReadsBack(lengths
            .SelectMany(static length => new[] { "x", "é", "漢", "\ud83d\ude00", "\ud800" }
                .SelectMany(part => new[] { Repeated(part, length), Repeated("x", length) + part })).ToList());

        static string Repeated(string part, int count) => string.Concat(Enumerable.Repeat(part, count));
    }

    [Fact]
    public void A_value_that_goes_to_a_temporary_file_is_stored_under_the_hash_of_its_bytes()
    {
        var rest = new string('x', 200);
        object?[] value =
        [
            .. Enumerable.Range(0, 60_000).Select(number => Text(number) + rest), new byte[3 << 20], "between",
            Enumerable.Range(0, 500_000).ToArray(), .. Enumerable.Range(60_000, 60_000).Select(number => Text(number) + rest),
        ];
        var payload = ArtifactSerializer.Serialize(value, typeof(object?[])).Payload;
        Assert.Equal(Pickles.Sha1(payload.ToArray()), ContentAddressedStore.KeyOf(payload));
        Assert.Equal(Pickles.Sha1(payload.Slice(1).ToArray()), ContentAddressedStore.KeyOf(payload.Slice(1)));
    }

    [Fact]
    public void Texts_beyond_the_first_million_read_back_equal_whether_they_occurred_before_or_not()
    {
        var once = Enumerable.Range(0, (1 << 20) + 1000).Select(Text).ToList();
        AssertReadsBack(once);
        var often = Enumerable.Range(0, 5000).Select(Text).ToArray();
        AssertReadsBack((List<string>)[.. once.SelectMany((text, i) => new[] { text, often[i % often.Length] })]);
    }

    [Fact]
    public void Entries_may_be_missing_in_another_order_or_unknown()
    {
        var rows = Enumerable.Range(0, Count)
            .Select(i => new Dictionary<string, object?> { ["note"] = "?", ["NUMBER"] = (long)i, ["name"] = Text(i) }).ToList();
        var steps = Read<List<Step>>(Payload(rows));
        Assert.Equal(new Step("7", 7, null), steps[7]);
    }

    [Fact]
    public void A_constructor_that_throws_is_named_with_its_place()
    {
        var rows = Enumerable.Range(0, Count).Select(i => new Dictionary<string, int> { ["value"] = i }).ToList();
        var error = Assert.Throws<StorageException>(() => Read<List<Small>>(Payload(rows)));
        Assert.Equal(ErrorCodes.MemberThrew, error.Code);
        Assert.Contains("[1000]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_item_of_another_type_is_named_with_its_place()
    {
        var values = Enumerable.Range(0, Count).Select(i => i == 2500 ? (object)"text" : i).ToList();
        var error = Assert.Throws<StorageException>(() => Read<List<int>>(Payload(values)));
        Assert.Equal(ErrorCodes.ValueDoesNotFit, error.Code);
        Assert.Contains("[2500]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pickle_that_is_cut_off_is_damaged()
    {
        var payload = Payload(Enumerable.Range(0, Count).Select(Text).ToList());
        var error = Assert.Throws<StorageException>(() => Read<List<string>>(payload[..^100]));
        Assert.Equal(ErrorCodes.MalformedPickle, error.Code);
    }

    [Fact]
    public void A_long_array_does_not_change_with_the_bytes_it_was_read_from()
    {
        var payload = Payload(Enumerable.Range(0, 100_000).Select(i => i / 3.0).ToArray());
        var numbers = Read<double[]>(payload);
        Array.Clear(payload);
        Assert.Equal(99_999 / 3.0, numbers[^1]);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static void AssertReadsBack<T>(T value) => Assert.Equal(value, Read(value));

    private static T Read<T>(T value) => Read<T>(Payload(value));

    private static T Read<T>(byte[] payload) => ArtifactSerializer.Deserialize<T>(payload, ArtifactSerializer.StandardEncoding);

    private static byte[] Payload<T>(T value) => ArtifactSerializer.Serialize(value, typeof(T)).Payload.ToArray();

    internal sealed record Step(string Name, int Number, Step? Next)
    {
        public int Doubled => Number * 2;
    }

    internal sealed class Small(int value)
    {
        public int Value { get; } = value < 1000 ? value : throw new InvalidOperationException("too large");
    }
}
