namespace Metaflow.Storage;

/// <summary>A payload that a store holds.</summary>
/// <param name="Key">The key.</param>
/// <param name="Length">The length of the uncompressed bytes, as far as its reader knows.</param>
internal sealed record StoredPayload(string Key, long Length);
