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
        Measure("100,000 named numbers", Enumerable.Range(0, Count).ToDictionary(static i => i.ToString(CultureInfo.InvariantCulture), static i => i / 3.0));
        Measure("20,000 records", Enumerable.Range(0, Count / 5).Select(static i => new Movie($"Movie {i}", 1900 + (i % 120), i * 10L, i / 7.0)).ToList());
        Measure("1,000,000 doubles", Enumerable.Range(0, Count * 10).Select(static i => i / 3.0).ToArray());
        Measure("10,000,000 bytes", new byte[Count * 100]);
        Measure("one number", 42);
    }

    private static void Measure<T>(string name, T value)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(value);
        ReadOnlyMemory<byte> pickle = ArtifactSerializer.Serialize(value, typeof(T)).Payload.ToArray();
        Comparison.Print($"write {name}", Rounds, () => Keep(ArtifactSerializer.Serialize(value, typeof(T))), () => Keep(JsonSerializer.SerializeToUtf8Bytes(value)));
        Comparison.Print(
            $"read {name}",
            Rounds,
            () => Keep(ArtifactSerializer.Deserialize<T>(pickle, ArtifactSerializer.StandardEncoding)),
            () => Keep(JsonSerializer.Deserialize<T>(json)));
    }

    // Keeps the compiler from leaving out what nobody uses.
    private static void Keep(object? value) => GC.KeepAlive(value);
}

/// <summary>A row of a table.</summary>
internal sealed record Movie(string Title, int Year, long Gross, double Rating);
