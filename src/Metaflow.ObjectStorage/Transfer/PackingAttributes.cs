using System.Text;
using Metaflow.Storage;

namespace Metaflow.ObjectStorage.Transfer;

/// <summary>The user metadata of a blob, which says how it is packed: the content of the companion that a folder has.</summary>
internal static class PackingAttributes
{
    /// <summary>Its name, as Python Metaflow has it.</summary>
    public const string Name = "metaflow-user-attributes";

    /// <summary>Returns its text.</summary>
    /// <param name="packing">The packing.</param>
    public static string ToJson(BlobPacking packing) => Encoding.ASCII.GetString(BlobPackingFile.ToJson(packing));

    /// <summary>Reads its text.</summary>
    /// <param name="json">The text; <see langword="null"/> where there is none.</param>
    /// <returns>The packing; <see langword="null"/> where the text is missing or is of no known form.</returns>
    public static BlobPacking? FromJson(string? json) => json is null ? null : BlobPackingFile.FromJson(Encoding.UTF8.GetBytes(json));
}
