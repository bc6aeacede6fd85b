using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Metaflow.Serialization;

namespace Metaflow.Benchmarks;

/// <summary>Writing and reading values as pickles, beside System.Text.Json.</summary>
internal static class SerializationBenchmarks
{
    private const int Count = 100_000;
    private const int Rounds = 31;

    public static void Run()
    {
        Comparison.PrintHeader("System.Text.Json");
        Measure("100,000 strings", Enumerable.Range(0, Count).Select(static i => $"name number {i}").ToList());
        Measure(
            "100,000 named numbers",
            Enumerable.Range(0, Count).ToDictionary(static i => i.ToString(CultureInfo.InvariantCulture), static i => i / 3.0));
        Measure(
            "20,000 records",
            Enumerable.Range(0, Count / 5).Select(static i => new Movie($"Movie {i}", 1900 + (i % 120), i * 10L, i / 7.0)).ToList());
        MeasureTimes();
        Measure("1,000,000 doubles", Enumerable.Range(0, Count * 10).Select(static i => i / 3.0).ToArray());
        Measure("10,000,000 bytes", new byte[Count * 100]);
        Measure("one number", 42);
    }

    private static void Measure<T>(string name, T value)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(value);
        ReadOnlyMemory<byte> pickle = ArtifactSerializer.Serialize(value, typeof(T)).Payload.ToArray();
        Comparison.Print(
            $"write {name}",
            Rounds,
            () => Keep(ArtifactSerializer.Serialize(value, typeof(T))),
            () => Keep(JsonSerializer.SerializeToUtf8Bytes(value)));
        Comparison.Print(
            $"read {name}",
            Rounds,
            () => Keep(ArtifactSerializer.Deserialize<T>(pickle, ArtifactSerializer.StandardEncoding)),
            () => Keep(JsonSerializer.Deserialize<T>(json)));
    }

    /// <summary>Records of times and decimals, beside the same records of doubles: these are to take less than twice as long.</summary>
    private static void MeasureTimes()
    {
        var start = new DateTime(2026, 1, 1);
        var trips = Enumerable.Range(0, Count)
            .Select(i => new Trip(i, start.AddSeconds(i * 17.25), i / 7.0, $"street {i % 1000}", i / 100m)).ToList();
        var plain = trips.ConvertAll(static trip => new PlainTrip(
            trip.Id, trip.Start.Ticks / 1e7, trip.Distance, trip.Street, (double)trip.Fare));
        var (times, doubles) = (Bytes(trips), Bytes(plain));
        Comparison.PrintHeader("of doubles");
        Comparison.Print("write 100,000 times and decimals", Rounds, () => Keep(Bytes(trips)), () => Keep(Bytes(plain)));
        Comparison.Print(
            "read 100,000 times and decimals",
            Rounds,
            () => Keep(ArtifactSerializer.Deserialize<List<Trip>>(times, ArtifactSerializer.StandardEncoding)),
            () => Keep(ArtifactSerializer.Deserialize<List<PlainTrip>>(doubles, ArtifactSerializer.StandardEncoding)));
        Comparison.PrintHeader("System.Text.Json");
    }

    private static byte[] Bytes<T>(T value) => ArtifactSerializer.Serialize(value, typeof(T)).Payload.ToArray();

    // Keeps the compiler from leaving out what nobody uses.
    private static void Keep(object? value) => GC.KeepAlive(value);
}

/// <summary>A row of a table.</summary>
internal sealed record Movie(string Title, int Year, long Gross, double Rating);

/// <summary>A row with a time and a decimal.</summary>
internal sealed record Trip(int Id, DateTime Start, double Distance, string Street, decimal Fare);

/// <summary>The same row of doubles.</summary>
internal sealed record PlainTrip(int Id, double Start, double Distance, string Street, double Fare);
