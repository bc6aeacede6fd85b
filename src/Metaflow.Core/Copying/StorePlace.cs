using Metaflow.Naming;
using Metaflow.Platform;
using Metaflow.Storage;
using Metaflow.Stores;

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

    /// <summary>Refuses a copy between datastores of which one is inside the data that steps of the other stored under names of their
    /// own: the next copy, or a collection, would take its objects for such data.</summary>
    /// <param name="source">The source.</param>
    /// <param name="target">The target.</param>
    /// <param name="flow">The flow.</param>
    /// <param name="options">Has the settings.</param>
    /// <exception cref="Errors.ConfigurationException">MF6007: one is.</exception>
    public static void RequireApartFromData(IBlobStore source, IBlobStore target, string flow, StoreOptions options)
    {
        if (source is MemoryBlobStore || target is MemoryBlobStore || source.TypeName != target.TypeName)
        {
            return;
        }

        foreach (var (store, other) in ((IBlobStore, IBlobStore)[])[(source, target), (target, source)])
        {
            var address = StoreAddress.Of(store);
            if (RunDataRoots.Of(address, isOfClient: true, address.Type, options) is { } root
                && $"{Of(store, RunDataRoots.Located(address.Type, root))}/{flow}" is var data
                && (Of(other) + "/").StartsWith(data + "/", StringComparison.Ordinal))
            {
                throw CopyErrors.InsideData(other, data);
            }
        }
    }

    private static string Of(IBlobStore store) => Of(store, store.Root);

    private static string Of(IBlobStore store, string root)
        => store is LocalBlobStore ? RealPath.Of(root).Replace(Path.DirectorySeparatorChar, '/').TrimEnd('/')
            : RunDataRoots.Addressed(store.TypeName, root);
}
