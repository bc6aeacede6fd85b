using SharpCompress.Compressors;
using SharpCompress.Compressors.BZip2;
using ZstdSharp;

namespace Metaflow.Python.Conda.Channels;

/// <summary>A file in which a channel gives its list of packages.</summary>
/// <param name="FileName">The file's name.</param>
/// <param name="Open">Returns the list from the bytes of the file.</param>
internal sealed record RepodataVariant(string FileName, Func<Stream, Stream> Open)
{
    /// <summary>All such files, the preferred one first.</summary>
    public static readonly IReadOnlyList<RepodataVariant> All =
    [
        new("repodata.json.zst", static stream => new DecompressionStream(stream, leaveOpen: true)),
        new("repodata.json.bz2", static stream => BZip2Stream.Create(
            stream, CompressionMode.Decompress, decompressConcatenated: true, leaveOpen: true)),
        new("repodata.json", static stream => stream),
    ];
}
