using Metaflow.ObjectStorage.Http;
using Metaflow.Storage;

namespace Metaflow.ObjectStorage.Transfer;

/// <summary>How a service lists and deletes uploads in parts that were begun and not completed. Thread-safe.</summary>
internal interface IUnfinishedUploads
{
    /// <summary>Returns a request for a page of a list.</summary>
    /// <param name="prefix">What the keys begin with.</param>
    /// <param name="next">What the page before said; <see langword="null"/> for the first one.</param>
    ObjectRequest List(string prefix, string? next);

    /// <summary>Reads a page of a list.</summary>
    /// <param name="page">The body of the answer.</param>
    /// <param name="uploads">Gets what is on the page, with keys for paths.</param>
    /// <returns>What asks for the next page; <see langword="null"/> at the last one.</returns>
    /// <exception cref="UnexpectedAnswerException">It is not a complete page of a list.</exception>
    string? ReadList(byte[] page, List<UnfinishedObject> uploads);

    /// <summary>Returns a request that deletes what has arrived of an upload.</summary>
    /// <param name="key">The key.</param>
    /// <param name="id">The id of the upload.</param>
    ObjectRequest Delete(string key, string id);
}
