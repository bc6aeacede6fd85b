using System.Buffers;
using Metaflow.Platform;
using Metaflow.Storage;

namespace Metaflow.Cleanup;

/// <summary>Finds the files of a flow that a collection may remove: it knows them by their names and places alone, and follows no
/// link.</summary>
/// <remarks>Whatever else lies there is somebody's: it is counted, and stays.</remarks>
/// <param name="root">The datastore's root, which may itself be a link.</param>
/// <param name="flow">The flow's name.</param>
internal sealed class StoredFiles(string root, string flow)
{
    private const int ShardLength = 2;
    private const int TemporaryIdLength = 32;
    private const string TemporaryEnd = ".tmp";
    private const string RemovedStart = ".removed-";

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    private HashSet<string>? _removedRuns;

    /// <summary>Gets how many entries were found that do not belong to the store.</summary>
    public int ForeignCount { get; private set; }

    /// <summary>Gets the path of the first of them, for people.</summary>
    public string? FirstForeign { get; private set; }

    /// <summary>Returns true if a name is that of a temporary file of a write.</summary>
    /// <param name="name">The name without its folder.</param>
    /// <returns>Whether it is.</returns>
    public static bool IsTemporary(ReadOnlySpan<char> name)
        => name.Length == TemporaryIdLength + TemporaryEnd.Length + 1 && name[0] == '.'
            && name.EndsWith(TemporaryEnd, StringComparison.Ordinal)
            && IsHexadecimal(name.Slice(1, TemporaryIdLength));

    /// <summary>Returns true if a name is one that <see cref="RunRemoval"/> gives to the folder of a run.</summary>
    /// <param name="name">The name without the folder above.</param>
    /// <returns>Whether it is.</returns>
    public static bool IsRemovedRun(ReadOnlySpan<char> name)
        => name.StartsWith(RemovedStart, StringComparison.Ordinal) && name.EndsWith(TemporaryEnd, StringComparison.Ordinal)
            && name.Length > RemovedStart.Length + TemporaryIdLength + TemporaryEnd.Length + 1
            && name[..^TemporaryEnd.Length] is var head && head[^(TemporaryIdLength + 1)] == '-'
            && IsHexadecimal(head[^TemporaryIdLength..]);

    /// <summary>Returns the name that the folder of a run has while it is removed: that of a temporary file, which no listing
    /// shows.</summary>
    /// <param name="runId">The run's id.</param>
    /// <returns>A name that is new.</returns>
    public static string NameOfRemoved(string runId) => $"{RemovedStart}{runId}-{Guid.NewGuid():N}{TemporaryEnd}";

    /// <summary>Returns the id of the run that a folder of that name had.</summary>
    /// <param name="name">The name, which <see cref="NameOfRemoved"/> made.</param>
    /// <returns>The id.</returns>
    public static string RunOfRemoved(string name) => name[RemovedStart.Length..^(TemporaryIdLength + TemporaryEnd.Length + 1)];

    /// <summary>Returns true if a path is a link, which may lead out of the store.</summary>
    /// <param name="path">The path.</param>
    /// <returns>Whether it is.</returns>
    public static bool IsLink(string path) => IsLink(new DirectoryInfo(path));

    /// <summary>Returns the blobs and what writes of them left over.</summary>
    /// <returns>The files. Links among them and below them are left out.</returns>
    /// <exception cref="Errors.StorageException">A folder cannot be read (MF4004, MF4007).</exception>
    public IEnumerable<FileInfo> Blobs()
        => Real(Path.Combine(root, flow)).SelectMany(folder => Real(Path.Combine(folder.FullName, "data")))
            .SelectMany(Shards).SelectMany(shard => Keyed(shard, shard.Name));

    /// <summary>Returns the included files and what writes of them left over.</summary>
    /// <returns>The files.</returns>
    /// <exception cref="Errors.StorageException">A folder cannot be read (MF4004, MF4007).</exception>
    public IEnumerable<FileInfo> IncludedFiles()
        => Real(Path.Combine(root, "data")).SelectMany(folder => Real(Path.Combine(folder.FullName, flow)))
            .SelectMany(folder => Keyed(folder, "", isBesideRuns: true));

    private static bool IsLink(FileSystemInfo entry) => entry.LinkTarget is not null;

    private static bool IsHexadecimal(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Digits);

    /// <summary>Returns true if a name is that of a folder of blobs.</summary>
    /// <param name="name">The name without the folder above.</param>
    /// <returns>Whether it is.</returns>
    public static bool IsShard(string name) => name.Length == ShardLength && IsHexadecimal(name);

    private IEnumerable<DirectoryInfo> Shards(DirectoryInfo data)
    {
        foreach (var entry in Entries(data))
        {
            if (entry is DirectoryInfo shard && !IsLink(shard) && IsShard(shard.Name))
            {
                yield return shard;
            }
            else if (entry is not FileInfo file || IsLink(file) || !IsTemporary(file.Name))
            {
                Count(entry);
            }
        }
    }

    private IEnumerable<FileInfo> Keyed(DirectoryInfo folder, string start, bool isBesideRuns = false)
    {
        foreach (var entry in Entries(folder))
        {
            // Beside the included files, each run has a folder with the data that its steps stored themselves.
            if (isBesideRuns && entry is DirectoryInfo && !IsLink(entry) && IsRun(entry.Name))
            {
                continue;
            }

            if (entry is not FileInfo file || IsLink(file))
            {
                Count(entry);
            }
            else if (IsTemporary(file.Name) || IsKey(file.Name, start))
            {
                yield return file;
            }
            else if (!IsKey(WithoutCompanion(file.Name), start))
            {
                // A companion goes with its blob.
                Count(entry);
            }
        }
    }

    /// <summary>Returns true if the flow has a run of a name, or had one that was removed and whose data is still kept.</summary>
    private bool IsRun(string name) => Directory.Exists(Path.Combine(root, flow, name)) || (_removedRuns ??= RemovedRuns()).Contains(name);

    private HashSet<string> RemovedRuns()
        => Entries(new DirectoryInfo(Path.Combine(root, flow))).Where(static entry => IsRemovedRun(entry.Name))
            .Select(static entry => RunOfRemoved(entry.Name)).ToHashSet(StringComparer.Ordinal);

    private static string WithoutCompanion(string name)
        => name.EndsWith(BlobPackingFile.Suffix, StringComparison.Ordinal) ? name[..^BlobPackingFile.Suffix.Length] : "";

    /// <summary>Returns true if a name is that of a blob or an included file.</summary>
    /// <param name="name">The name without its folder.</param>
    /// <param name="start">How it begins: the name of a blob's folder, or nothing.</param>
    /// <returns>Whether it is.</returns>
    public static bool IsKey(string name, string start)
        => name.StartsWith(start, StringComparison.Ordinal) && BlobContent.IsKey(name);

    // A folder, or nothing where there is none or a link in its place.
    private IEnumerable<DirectoryInfo> Real(string path)
    {
        var folder = new DirectoryInfo(path);
        if (IsLink(folder))
        {
            Count(folder);
            return [];
        }

        return folder.Exists ? [folder] : [];
    }

    private static FileSystemInfo[] Entries(DirectoryInfo folder)
    {
        try
        {
            return folder.GetFileSystemInfos();
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Read(error, folder.FullName);
        }
    }

    private void Count(FileSystemInfo entry)
    {
        ForeignCount++;
        FirstForeign ??= entry.FullName;
    }
}
