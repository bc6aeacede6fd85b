namespace Metaflow.Storage;

/// <summary>A store from which blobs that nothing refers to are collected. Who refers to a blob that it did not write says so
/// first.</summary>
/// <remarks>The argument why nothing is lost is in <c>docs/concurrency.md</c>.</remarks>
internal interface IBlobRetention
{
    /// <summary>Keeps collections away from a flow's blobs for a moment. Several may do so at once.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <returns>Ends it.</returns>
    /// <exception cref="Errors.StorageException">A collection did not yield for a long time (MF4015), so that no blob that exists can be
    /// relied upon, and none replaced.</exception>
    IDisposable Hold(string flow);

    /// <summary>Makes an object as good as new for collections.</summary>
    /// <param name="path">The path relative to the root.</param>
    /// <returns>Whether it exists and will stay.</returns>
    bool TryRefresh(string path);
}
