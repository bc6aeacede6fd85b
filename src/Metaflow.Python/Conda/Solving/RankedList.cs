using Metaflow.Python.Conda.Channels;

namespace Metaflow.Python.Conda.Solving;

/// <summary>The list of a channel's packages with the rank of the channel.</summary>
/// <param name="List">The list.</param>
/// <param name="Rank">The rank: 0 is the preferred channel.</param>
/// <param name="OnlyUrl">The only file that may be used of it, or <see langword="null"/>.</param>
internal sealed record RankedList(Repodata List, int Rank, string? OnlyUrl = null);
