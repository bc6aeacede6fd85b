namespace Metaflow.Storage;

/// <summary>A store whose existing objects may be damaged or not yet durable, because others write to it without care.</summary>
internal interface IBlobDurability
{
    /// <summary>Makes blobs durable that exist already.</summary>
    /// <param name="paths">The paths relative to the root.</param>
    void MakeDurable(IReadOnlyList<string> paths);
}
