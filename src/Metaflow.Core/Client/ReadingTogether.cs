namespace Metaflow.Client;

/// <summary>Reads something of each of many objects, of some at the same time: from a store that is far away, that takes as long as to
/// read one.</summary>
internal static class ReadingTogether
{
    private const int Width = 16;

    /// <summary>Reads something of each item.</summary>
    /// <typeparam name="TItem">The type of the items.</typeparam>
    /// <typeparam name="TResult">The type of what is read.</typeparam>
    /// <param name="items">The items.</param>
    /// <param name="read">Reads it of one.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What was read, in the order of the items.</returns>
    public static async Task<IReadOnlyList<TResult>> ReadEachAsync<TItem, TResult>(
        this IEnumerable<TItem> items, Func<TItem, CancellationToken, Task<TResult>> read, CancellationToken cancellationToken)
    {
        var results = new List<TResult>();
        foreach (var batch in items.Chunk(Width))
        {
            results.AddRange(await Task.WhenAll(batch.Select(item => read(item, cancellationToken))).ConfigureAwait(false));
        }

        return results;
    }
}
