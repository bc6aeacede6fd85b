using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.Cleanup;

/// <summary>The errors of collections.</summary>
internal static class CollectionErrors
{
    /// <summary>Returns the error of a second collection.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="how">How it is known.</param>
    /// <returns>The error MF5023.</returns>
    public static MetadataException AtWork(string flow, string how) => new(
        ErrorCodes.CollectionRunning,
        $"The garbage of '{flow}' was not collected.",
        $"Another collection is running: {how}.",
        "Wait until it ends.")
    { IsTransient = true };

    /// <summary>Returns the error of a collection that gave no sign of life for too long.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="why">What it found.</param>
    /// <returns>The error MF5023.</returns>
    public static MetadataException Interrupted(string flow, string why) => new(
        ErrorCodes.CollectionRunning,
        $"The garbage of '{flow}' was only partly collected.",
        why,
        "Run the command again: it continues where this collection stopped.")
    { IsTransient = true };

    /// <summary>Returns the error of a datastore whose runs are recorded elsewhere.</summary>
    /// <param name="settings">The settings.</param>
    /// <returns>The error MF5026.</returns>
    public static ConfigurationException RecordsElsewhere(MetaflowSettings settings) => new(
        ErrorCodes.CollectionNeedsRecords,
        $"The garbage of the datastore '{settings.Datastore}' was not collected.",
        $"Its runs are recorded by the metadata provider '{settings.MetadataType}', which cannot remove them.",
        "Use the provider that stores the records in the datastore itself: '--metadata "
            + $"{(settings.Datastore.IsLocal ? StoreAddress.LocalType : StoreMetadataProvider.Type)}'.")
    { ExitCode = ExitCodes.Usage };
}
