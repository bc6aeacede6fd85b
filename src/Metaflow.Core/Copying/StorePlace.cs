using Metaflow.Platform;
using Metaflow.Storage;

namespace Metaflow.Copying;

/// <summary>Compares where datastores are, whichever way they are named.</summary>
internal static class StorePlace
{
    /// <summary>Refuses a copy from a datastore to itself, or to one that is inside the other.</summary>
    /// <param name="source">The source.</param>
    /// <param name="target">The target.</param>
    /// <exception cref="Errors.ConfigurationException">MF6007: they are not apart.</exception>
    public static void RequireApart(IBlobStore source, IBlobStore target)
    {
        if (ReferenceEquals(source, target))
        {
            throw CopyErrors.SameStore(target);
        }

        // Each store in memory has the same root.
        if (source is MemoryBlobStore || target is MemoryBlobStore || source.TypeName != target.TypeName)
        {
            return;
        }

        var (from, to) = (Of(source), Of(target));
        if (from == to)
        {
            throw CopyErrors.SameStore(target);
        }

        if (to.StartsWith(from + "/", StringComparison.Ordinal) || from.StartsWith(to + "/", StringComparison.Ordinal))
        {
            throw CopyErrors.Nested(source, target);
        }
    }

    private static string Of(IBlobStore store)
        => (store is LocalBlobStore ? RealPath.Of(store.Root).Replace(Path.DirectorySeparatorChar, '/') : store.Root).TrimEnd('/');
}
