namespace Metaflow.Python.Tests.Channels;

/// <summary>A request that a server answers.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path, decoded.</param>
/// <param name="Status">The status of the answer.</param>
/// <param name="Headers">The request's headers by their names in small letters.</param>
public sealed record LocalRequest(string Method, string Path, int Status, IReadOnlyDictionary<string, string> Headers)
{
    private long _sent;

    /// <summary>How many bytes of the body were sent up to now.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Counts bytes, before the client can see them: a client that has all of an answer finds all of it counted.</summary>
    internal void Count(int bytes) => Interlocked.Add(ref _sent, bytes);
}
