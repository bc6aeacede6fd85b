using Metaflow.Storage;

namespace Metaflow.Runs;

/// <summary>Finds the home of the runs that a datastore has.</summary>
internal static class RunHomes
{
    /// <summary>Opens the home of a datastore's runs.</summary>
    /// <param name="blobs">The datastore.</param>
    /// <param name="time">The clock.</param>
    /// <returns>Its own home where it has one; files for a folder; else objects in it.</returns>
    public static IRunHome Of(IBlobStore blobs, TimeProvider time) => blobs switch
    {
        IRunHomeStore own => own.OpenHome(time),
        LocalBlobStore local => new FileRunHome(local, time),
        ReadThroughBlobStore through => Of(through.Target, time),
        _ => new ObjectRunHome(blobs, time),
    };
}
