using System.Text.Json;
using Metaflow.Errors;
using Metaflow.Platform;
using Metaflow.Python.Conda.Archives;
using Metaflow.Storage;

namespace Metaflow.Python.Conda.Linking;

/// <summary>Whether an environment's folder is complete.</summary>
/// <remarks>The folder cannot be made elsewhere and renamed: its path is written into its files. So a first file says that it is not
/// complete, and a last one that it is. What has the first and not the last was interrupted, and is deleted and made again. What has
/// neither belongs to somebody else.</remarks>
/// <param name="prefix">The environment's folder.</param>
internal sealed class PrefixState(string prefix)
{
    /// <summary>The folder with what the environment says about itself.</summary>
    public const string MetaFolder = "conda-meta";

    /// <summary>The file with what was done to the environment.</summary>
    public const string HistoryFile = "history";

    // Programs that read the folder take every name that ends with '.json' for the record of a package.
    private const string CompleteFile = ".metaflow-complete";
    private const string UnfinishedFile = ".metaflow-unfinished";
    private const string RecordExtension = ".json";

    private string Meta => Path.Combine(prefix, MetaFolder);

    private string Complete => Path.Combine(Meta, CompleteFile);

    private string Unfinished => Path.Combine(Meta, UnfinishedFile);

    /// <summary>Returns true if a path belongs to what an environment says about itself, so that no package may have it.</summary>
    /// <param name="place">The path below the environment.</param>
    /// <returns>Whether it does.</returns>
    public static bool IsReserved(string place)
        => place.Equals(MetaFolder, StringComparison.OrdinalIgnoreCase)
            || (place.StartsWith(MetaFolder + "/", StringComparison.OrdinalIgnoreCase)
                && place[(MetaFolder.Length + 1)..] is var name
                && (name.EndsWith(RecordExtension, StringComparison.OrdinalIgnoreCase)
                    || name.StartsWith(".metaflow-", StringComparison.OrdinalIgnoreCase)
                    || name.Equals(HistoryFile, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Reads what tells the environment from others.</summary>
    /// <returns>The identity; <see langword="null"/> when there is no complete environment.</returns>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public string? ReadIdentity()
    {
        using var record = Read();
        return record?.RootElement.GetProperty("identity").GetString();
    }

    /// <summary>Reads the hashes of the files in which the environment says something about itself.</summary>
    /// <returns>The SHA-256 by the name of the file; <see langword="null"/> when there is no complete environment.</returns>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public IReadOnlyDictionary<string, string>? ReadRecords()
    {
        using var record = Read();
        return record?.RootElement.GetProperty("records").EnumerateObject()
            .ToDictionary(static one => one.Name, static one => one.Value.GetString()!, StringComparer.Ordinal);
    }

    /// <summary>Begins the environment in a folder that is empty, missing, or has one that was interrupted.</summary>
    /// <exception cref="EnvironmentException">MF7043: the folder has other files.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Begin()
    {
        if (File.Exists(Complete))
        {
            throw LinkErrors.HasContent(
                prefix, "It has another environment: one of other packages, or one that another version of Metaflow made.");
        }

        if (File.Exists(Unfinished))
        {
            Clear();
        }
        else if (!IsEmpty())
        {
            throw LinkErrors.HasContent(prefix, "It has files that do not belong to an environment of Metaflow's.");
        }

        Directory.CreateDirectory(Meta);
        File.WriteAllBytes(Unfinished, []);
    }

    /// <summary>Says that the environment is complete. Everything in it must be durable.</summary>
    /// <param name="identity">What tells it from others.</param>
    /// <param name="records">The SHA-256 of each file in which it says something about itself.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void End(string identity, IEnumerable<KeyValuePair<string, string>> records)
    {
        SealedFile.Write(Complete, RecordJson.Write(json =>
        {
            json.WriteString("identity", identity);
            json.WriteStartObject("records");
            foreach (var (name, sha256) in records)
            {
                json.WriteString(name, sha256);
            }

            json.WriteEndObject();
        }));
        DurableFile.FlushFolder(Meta);
        File.Delete(Unfinished);
    }

    /// <summary>Deletes an environment that is not complete.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Remove()
    {
        if (File.Exists(Unfinished) && !File.Exists(Complete))
        {
            Clear();
            Directory.Delete(prefix, recursive: true);
        }
    }

    private JsonDocument? Read() => SealedFile.TryRead(Complete) is var (content, _) ? JsonDocument.Parse(content) : null;

    private bool IsEmpty() => !Directory.Exists(prefix) || Directory.EnumerateFileSystemEntries(prefix).All(entry
        => entry == Meta && Directory.Exists(Meta) && !Directory.EnumerateFileSystemEntries(Meta).Any());

    // The file that says whose folder it is goes last: who is interrupted here leaves it.
    private void Clear()
    {
        Delete(Directory.EnumerateFileSystemEntries(prefix).Where(entry => entry != Meta));
        Delete(Directory.EnumerateFileSystemEntries(Meta).Where(entry => entry != Unfinished));
    }

    private static void Delete(IEnumerable<string> entries)
    {
        foreach (var entry in entries.ToList())
        {
            if (Directory.Exists(entry) && new DirectoryInfo(entry).LinkTarget is null)
            {
                Directory.Delete(entry, recursive: true);
            }
            else
            {
                File.Delete(entry);
            }
        }
    }
}
