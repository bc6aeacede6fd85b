using Metaflow.Metadata;
using Metaflow.Storage;

namespace Metaflow.Copying;

/// <summary>An object that a run has in the target while a copy of it is not finished. Until then, what is there looks like a run that lost
/// its records.</summary>
internal static class CopyMark
{
    private const string Name = "copying.json";

    /// <summary>Returns where the mark of a run is.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's id.</param>
    /// <returns>The path relative to the root.</returns>
    public static string PathOf(string flow, string runId) => $"{flow}/{runId}/{MetadataFiles.RecordFolder}/{Name}";

    /// <summary>Returns the mark of a run.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's id.</param>
    /// <param name="source">The datastore that the run is copied from.</param>
    /// <returns>What to store.</returns>
    public static BlobWrite Of(string flow, string runId, IBlobStore source)
        => new(PathOf(flow, runId), RecordJson.Write(json => json.WriteString("from", StoreAddress.Of(source).ToString())));
}
