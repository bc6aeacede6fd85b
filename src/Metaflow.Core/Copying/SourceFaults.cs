using Metaflow.Errors;
using Metaflow.Storage;

namespace Metaflow.Copying;

/// <summary>Tells an object of the source that is missing or damaged from a store that does not answer.</summary>
internal static class SourceFaults
{
    /// <summary>Returns true if an error says that one object of the source is of no use, whatever becomes of the others.</summary>
    /// <param name="error">The error.</param>
    /// <param name="source">The source.</param>
    /// <returns>Whether it does. A folder fails file by file; a service that fails does so for all objects.</returns>
    public static bool IsOfOneObject(StorageException error, IBlobStore source)
        => error.Code is ErrorCodes.BlobMissing or ErrorCodes.BlobCorrupt or ErrorCodes.RecordUnreadable or ErrorCodes.IncludedFileLost
            || (source is LocalBlobStore && !error.IsTransient
                && error.Code is ErrorCodes.StorageReadFailed or ErrorCodes.StorageNoPermission);

    /// <summary>Returns the error of an object that is not there.</summary>
    /// <param name="source">The source.</param>
    /// <param name="path">Its path relative to the root.</param>
    /// <returns>The error.</returns>
    public static StorageException Missing(IBlobStore source, string path)
        => StorageErrors.Missing(path[(path.LastIndexOf('/') + 1)..], $"{source.Root}/{path}");
}
