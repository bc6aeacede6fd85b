using System.Globalization;
using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Tasks;

/// <summary>Names the items of foreaches by their content, so that one is found again at another place of another list.</summary>
internal static class ItemKeys
{
    /// <summary>Returns the key of an item.</summary>
    /// <param name="split">The task that holds the items.</param>
    /// <param name="variable">The artifact that has them.</param>
    /// <param name="index">The item's index.</param>
    /// <returns>The key. An item that cannot be read on its own is named by its list and its place.</returns>
    public static string Of(TaskArtifacts split, string variable, int index)
    {
        try
        {
            return ContentAddressedStore.KeyOf(ArtifactSerializer.SerializePlain(split.LoadItem<object?>(variable, index)).Payload);
        }
        catch (MetaflowException)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{split.Records[variable].Key}:{index}");
        }
    }
}
