using System.Text.Json;
using Metaflow.Storage;

namespace Metaflow.Python.Conda.Archives;

/// <summary>What was unpacked from a package, as it is written down beside the unpacked files.</summary>
/// <param name="Hashes">The hashes of the package's file.</param>
/// <param name="Entries">The entries in the order of their paths.</param>
internal sealed record PackageContents(PackageHashes Hashes, IReadOnlyList<ContentEntry> Entries)
{
    private const string Form = "1";

    /// <summary>Gets the SHA-256 of the list, which stands for every byte of the unpacked package.</summary>
    public string Digest { get; private init; } = "";

    /// <summary>Writes the list durably.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(string path) => SealedFile.Write(path, RecordJson.Write(Write));

    /// <summary>Reads the list.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The list; <see langword="null"/> when there is none, or its bytes are not those that were written.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static PackageContents? TryRead(string path)
    {
        if (SealedFile.TryRead(path) is not var (json, digest))
        {
            return null;
        }

        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        return root.GetProperty("form").GetString() == Form
            ? new PackageContents(
                new PackageHashes(
                    root.GetProperty("sha256").GetString()!, root.GetProperty("md5").GetString()!, root.GetProperty("length").GetInt64()),
                [.. root.GetProperty("entries").EnumerateArray().Select(Read)])
            {
                Digest = digest,
            }
            : null;
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteString("form", Form);
        json.WriteString("sha256", Hashes.Sha256);
        json.WriteString("md5", Hashes.Md5);
        json.WriteNumber("length", Hashes.Length);
        json.WriteStartArray("entries");
        foreach (var entry in Entries)
        {
            json.WriteStartArray();
            json.WriteStringValue(entry.Path);
            json.WriteNumberValue((int)entry.Kind);
            json.WriteNumberValue(entry.Length);
            json.WriteStringValue(entry.Sha256);
            json.WriteNumberValue((int)entry.Mode);
            json.WriteNumberValue(entry.ModifiedAt);
            json.WriteStringValue(entry.Target);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static ContentEntry Read(JsonElement entry) => new(entry[0].GetString()!, (EntryKind)entry[1].GetInt32())
    {
        Length = entry[2].GetInt64(),
        Sha256 = entry[3].GetString()!,
        Mode = (UnixFileMode)entry[4].GetInt32(),
        ModifiedAt = entry[5].GetInt64(),
        Target = entry[6].GetString(),
    };
}
