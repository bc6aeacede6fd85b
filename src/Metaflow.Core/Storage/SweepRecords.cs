namespace Metaflow.Storage;

/// <summary>What the collections of a flow say of themselves in a store without locks.</summary>
/// <remarks>A collection holds an <see cref="ObjectLease"/>, the objects <c>F/_meta/sweeps/N</c>, before it looks for what is referred to.
/// Before it deletes the first blob it creates <c>F/_meta/sweeps/N.deleting</c>. <c>docs/concurrency.md</c> says why nothing is
/// lost.</remarks>
/// <param name="flow">The flow's name.</param>
internal sealed class SweepRecords(string flow)
{
    /// <summary>Gets the folder of the leases.</summary>
    public string Folder { get; } = $"{flow}/_meta/sweeps";

    /// <summary>Returns the object that says that a collection deletes.</summary>
    /// <param name="number">The number of the collection's lease.</param>
    /// <returns>The path.</returns>
    public string DeletingOf(int number) => NumberedObjects.PathOf(Folder, number) + ".deleting";

    /// <summary>Returns the folder of the objects that tell a collection which blobs it is to keep.</summary>
    /// <param name="number">The number of the collection's lease.</param>
    /// <returns>The path.</returns>
    public string KeptOf(int number) => NumberedObjects.PathOf(Folder, number) + ".kept";
}
