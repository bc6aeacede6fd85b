namespace Metaflow.Copying;

/// <summary>Divides objects into groups that are stored by one call each.</summary>
internal static class CopyBatches
{
    /// <summary>How many groups are on their way at the same time.</summary>
    public const int AtOnce = 8;

    /// <summary>The most bytes of an object that is held in memory.</summary>
    public const int LargestHeld = 256 << 10;

    private const int MostObjects = 32;
    private const long MostBytes = 4 << 20;

    /// <summary>Divides objects.</summary>
    /// <param name="objects">The objects.</param>
    /// <param name="lengthOf">Returns the length of one.</param>
    /// <returns>The groups. A large object is alone.</returns>
    public static IEnumerable<IReadOnlyList<T>> Of<T>(IEnumerable<T> objects, Func<T, long> lengthOf)
    {
        var batch = new List<T>();
        var bytes = 0L;
        foreach (var item in objects)
        {
            var length = lengthOf(item);
            if (length > LargestHeld)
            {
                yield return [item];
                continue;
            }

            if (batch.Count == MostObjects || bytes + length > MostBytes)
            {
                yield return batch;
                (batch, bytes) = ([], 0);
            }

            batch.Add(item);
            bytes += length;
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    /// <summary>Does something with each group, some at the same time.</summary>
    /// <param name="batches">The groups.</param>
    /// <param name="act">What is done.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when all is done.</returns>
    public static Task ForEachAsync<T>(
        IEnumerable<T> batches, Func<T, CancellationToken, ValueTask> act, CancellationToken cancellationToken)
        => Parallel.ForEachAsync(
            batches, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, act);
}
