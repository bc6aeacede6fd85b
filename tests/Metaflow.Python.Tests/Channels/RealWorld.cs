namespace Metaflow.Python.Tests.Channels;

/// <summary>The folders and addresses of the real channel and the real index.</summary>
/// <param name="CondaFolder">The folder of the channel.</param>
/// <param name="CondaUrl">The channel's address, without a slash at its end.</param>
/// <param name="IndexFolder">The folder of the index and its files.</param>
/// <param name="IndexUrl">The address of the index's first page, with a slash at its end.</param>
public sealed record RealWorld(string CondaFolder, string CondaUrl, string IndexFolder, string IndexUrl);
