using Metaflow.ObjectStorage.Transfer;

namespace Metaflow.ObjectStorage.Data;

/// <summary>A bucket, or a file system, as authors' own data see it. Thread-safe.</summary>
internal interface IDataStore : IDisposable
{
    /// <summary>Gets how many objects one call works on at the same time.</summary>
    int Width { get; }

    /// <summary>Gets a value indicating whether the store itself notices when bytes change, so that checksums add nothing.</summary>
    bool GuardsContent { get; }

    /// <summary>Returns what there is to say about an object.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The facts; <see langword="null"/> if there is no such object.</returns>
    ValueTask<ObjectFacts?> LookAsync(string key, CancellationToken cancellationToken);

    /// <summary>Writes an object, or a part of it, into a new file.</summary>
    /// <param name="range">The object.</param>
    /// <param name="file">The file.</param>
    /// <param name="received">Called with numbers of bytes as they arrive.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What was written; <see langword="null"/> if there is no such object.</returns>
    ValueTask<Download?> DownloadAsync(ObjectRange range, string file, Action<long> received, CancellationToken cancellationToken);

    /// <summary>Opens an object, or a part of it.</summary>
    /// <param name="range">The object.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Its bytes; <see langword="null"/> if there is no such object.</returns>
    ValueTask<Stream?> OpenAsync(ObjectRange range, CancellationToken cancellationToken);

    /// <summary>Stores an object. It is visible as a whole, at the end.</summary>
    /// <param name="key">The key.</param>
    /// <param name="content">The content.</param>
    /// <param name="properties">What is kept beside it.</param>
    /// <param name="overwrite">Whether an object that exists is replaced.</param>
    /// <param name="sent">Called with numbers of bytes as they leave.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether this call stored it.</returns>
    ValueTask<bool> WriteAsync(
        string key, OpenContent content, ObjectProperties properties, bool overwrite, Action<long> sent,
        CancellationToken cancellationToken);

    /// <summary>Returns what is below a folder.</summary>
    /// <param name="prefix">What the keys begin with: the empty text, or the key of a folder with a slash at its end.</param>
    /// <param name="isRecursive">Whether objects below folders are listed, in place of the folders.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask<List<ListedObject>> ListAsync(string prefix, bool isRecursive, CancellationToken cancellationToken);

    /// <summary>Removes an object, if it is there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask DeleteAsync(string key, CancellationToken cancellationToken);
}

/// <summary>What a download wrote.</summary>
/// <param name="Facts">The facts about the object, with its whole length.</param>
/// <param name="Offset">The position of the first byte in the object.</param>
/// <param name="Size">The number of bytes.</param>
internal sealed record Download(ObjectFacts Facts, long Offset, long Size);
