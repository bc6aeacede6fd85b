using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Metaflow.Storage;

namespace Metaflow.Benchmarks;

/// <summary>Putting blobs into the content-addressed store and getting them back, beside doing the same with plain files by hand.</summary>
internal static class StorageBenchmarks
{
    private const int Large = 16 << 20;
    private const int Rounds = 7;

    // The reference's way: hash, gzip level 3, one file. It is never flushed to the disk.
    private static readonly ZLibCompressionOptions LevelThree = new() { CompressionLevel = 3 };

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("metaflow-bench-");
        try
        {
            Comparison.PrintHeader("gzip and a file");
            await MeasureAsync("16 MiB of text", folder.FullName, 1, static seed => Text(seed, Large));
            await MeasureAsync("16 MiB that do not compress", folder.FullName, 1, static seed => Noise(seed, Large));
            await MeasureAsync("100 small values in one call", folder.FullName, 100, static seed => Noise(seed, 200));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task MeasureAsync(string name, string folder, int count, Func<int, byte[]> make)
    {
        var store = new ContentAddressedStore(new LocalBlobStore(Path.Combine(folder, ".metaflow")), "BenchFlow");
        var seed = 0;
        byte[][] Fresh() => Enumerable.Range(0, count).Select(_ => make(seed++)).ToArray();

        var rounds = new Queue<byte[][]>(Enumerable.Range(0, (Rounds + Comparison.WarmUps(Rounds)) * 2).Select(_ => Fresh()));
        Comparison.Print($"put {name}", Rounds, () => Put(store, rounds.Dequeue()), () => WriteFiles(folder, rounds.Dequeue()));

        var payloads = Fresh();
        var keys = await store.SaveAsync(Sequences(payloads), raw: false, CancellationToken.None);
        var files = WriteFiles(folder, payloads);
        Comparison.Print($"get {name}", Rounds, () => Get(store, keys), () => ReadFiles(files));
    }

    private static void Put(ContentAddressedStore store, byte[][] payloads)
        => store.SaveAsync(Sequences(payloads), raw: false, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private static void Get(ContentAddressedStore store, IReadOnlyList<string> keys)
    {
        foreach (var key in keys)
        {
            GC.KeepAlive(store.LoadAsync(key, CancellationToken.None).AsTask().GetAwaiter().GetResult());
        }
    }

    private static ReadOnlySequence<byte>[] Sequences(byte[][] payloads)
        => payloads.Select(static payload => new ReadOnlySequence<byte>(payload)).ToArray();

    private static List<string> WriteFiles(string folder, byte[][] payloads)
    {
        var files = new List<string>();
        foreach (var payload in payloads)
        {
            // SHA-1 names the file, as the reference's format wants; nothing is secured by it.
#pragma warning disable CA5350
            var path = Path.Combine(folder, Convert.ToHexStringLower(SHA1.HashData(payload)));
#pragma warning restore CA5350
            using var file = File.Create(path);
            using var gzip = new GZipStream(file, LevelThree);
            gzip.Write(payload);
            files.Add(path);
        }

        return files;
    }

    private static void ReadFiles(List<string> files)
    {
        foreach (var path in files)
        {
            using var gzip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
            using var content = new MemoryStream();
            gzip.CopyTo(content);
            GC.KeepAlive(content);
        }
    }

    private static byte[] Text(int seed, int length)
    {
        var random = new Random(seed);
        var text = new StringBuilder(length + 64);
        while (text.Length < length)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"movie number {random.Next(10_000)},{random.Next(1900, 2026)},Drama|Comedy,{random.Next(1_000_000)}\n");
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, length));
    }

    private static byte[] Noise(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
