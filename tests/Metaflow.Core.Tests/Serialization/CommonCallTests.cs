using System.Globalization;
using Metaflow.Serialization;

namespace Metaflow.Core.Tests.Serialization;

/// <summary>Tables of times and decimals, which are read straight from their bytes.</summary>
public sealed class CommonCallTests
{
    private static readonly decimal[] Decimals =
    [
        0m, -0.00m, 0.10m, -1.5m, 79228162514264337593543950335m, -0.0000000000000000000000000001m, 1234567890.123456789012345678m,
        12345678901234567890123456.78m,
    ];

    private static readonly DateTime[] Times =
    [
        DateTime.MinValue, DateTime.MaxValue.AddTicks(-9), new(2026, 11, 28, 19, 30, 1, DateTimeKind.Utc),
        new DateTime(2024, 2, 29).AddMicroseconds(999_999),
    ];

    [Fact]
    public void Records_of_times_and_decimals_are_read_back_as_they_were()
    {
        var rows = Enumerable.Range(0, 3000).Select(static i => new Row(
            i,
            Times[i % Times.Length],
            Decimals[i % Decimals.Length],
            i % 3 == 0 ? null : Decimals[i % 7],
            new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromMinutes((i % 1600) - 800)),
            DateOnly.FromDayNumber(i * 1000),
            TimeSpan.FromMicroseconds((i - 1500) * 123_456_789L))).ToList();
        var read = Pickles.RoundTrip<List<Row>>(rows);
        Assert.Equal(rows, read);
        Assert.Equal(
            rows.Select(static row => row.Price.ToString(CultureInfo.InvariantCulture)),
            read.Select(static row => row.Price.ToString(CultureInfo.InvariantCulture)));
        Assert.Equal(rows.Select(static row => decimal.IsNegative(row.Price)), read.Select(static row => decimal.IsNegative(row.Price)));
        Assert.Equal(rows.Select(static row => row.Time.Kind), read.Select(static row => row.Time.Kind));
    }

    [Fact]
    public void Plain_numbers_are_read_as_decimals_too()
        => Assert.Equal(
            Enumerable.Range(0, 1000).Select(static i => (decimal)i),
            ArtifactSerializer.Deserialize<List<decimal>>(
                Pickles.Write(Enumerable.Range(0, 1000).ToList()), ArtifactSerializer.StandardEncoding));

    [Fact]
    public void A_table_of_times_cut_anywhere_is_an_error_of_the_store()
    {
        var bytes = Pickles.Write(Enumerable.Range(0, 60)
            .Select(static i => new Row(i, Times[i % 4], i, i, default, default, default)).ToList());
        for (var length = 600; length < bytes.Length; length += 7)
        {
            Assert.StartsWith(
                "MF41",
                Assert.Throws<Errors.StorageException>(() => ArtifactSerializer.Deserialize<List<Row>>(
                    bytes.AsMemory(0, length), ArtifactSerializer.StandardEncoding)).Code,
                StringComparison.Ordinal);
        }
    }

    private sealed record Row(int Id, DateTime Time, decimal Price, decimal? Discount, DateTimeOffset Instant, DateOnly Day, TimeSpan Span);
}
