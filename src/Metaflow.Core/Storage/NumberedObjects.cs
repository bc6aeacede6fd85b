using System.Globalization;

namespace Metaflow.Storage;

/// <summary>Objects of a folder that are named by numbers from 1, of which each is created once and in order.</summary>
internal static class NumberedObjects
{
    /// <summary>Returns the path of an object.</summary>
    /// <param name="folder">The folder relative to the root.</param>
    /// <param name="number">The number. Ten digits sort as texts as they do as numbers.</param>
    /// <returns>The path.</returns>
    public static string PathOf(string folder, int number) => string.Create(CultureInfo.InvariantCulture, $"{folder}/{number:D10}");

    /// <summary>Finds the last object.</summary>
    /// <param name="blobs">The store.</param>
    /// <param name="folder">The folder relative to the root.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Its number, or 0 when there is none.</returns>
    public static async ValueTask<int> LastAsync(IBlobStore blobs, string folder, CancellationToken cancellationToken)
    {
        var last = 0;
        foreach (var entry in await blobs.ListAsync(folder, cancellationToken).ConfigureAwait(false))
        {
            if (!entry.IsFolder && int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                last = Math.Max(last, number);
            }
        }

        return last;
    }
}
