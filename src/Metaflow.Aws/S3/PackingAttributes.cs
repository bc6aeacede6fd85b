using System.Text;
using Metaflow.Storage;

namespace Metaflow.Aws.S3;

/// <summary>The user metadata of a blob, which says how it is packed: the content of the companion that a folder has.</summary>
internal static class PackingAttributes
{
    /// <summary>The header, as Python Metaflow names it.</summary>
    public const string Header = "x-amz-meta-metaflow-user-attributes";

    /// <summary>Returns the value of the header.</summary>
    /// <param name="packing">The packing.</param>
    public static string ToJson(BlobPacking packing) => Encoding.ASCII.GetString(BlobPackingFile.ToJson(packing));

    /// <summary>Reads the value of the header.</summary>
    /// <param name="json">The value; <see langword="null"/> where there is no header.</param>
    /// <returns>The packing; <see langword="null"/> where the header is missing or is of no known form.</returns>
    public static BlobPacking? FromJson(string? json) => json is null ? null : BlobPackingFile.FromJson(Encoding.UTF8.GetBytes(json));
}
