namespace Metaflow.Storage;

/// <summary>A store that lists all objects whose keys begin alike, whatever the keys are. A listing folder by folder does not show keys
/// with empty parts, and those that end in a slash.</summary>
internal interface IFlatListing
{
    /// <summary>Lists all objects below a folder.</summary>
    /// <param name="folder">The folder relative to the root.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The paths relative to the root. Not all can be read: <see cref="StorePaths.IsAddressable"/> tells.</returns>
    /// <exception cref="Errors.StorageException">The store failed, or does not permit it (MF4004, MF4006, MF4007).</exception>
    ValueTask<IReadOnlyList<string>> ListAllAsync(string folder, CancellationToken cancellationToken);
}
