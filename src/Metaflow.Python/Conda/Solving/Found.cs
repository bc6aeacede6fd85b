using Metaflow.Python.Conda.Channels;
using Metaflow.Python.Conda.Matching;

namespace Metaflow.Python.Conda.Solving;

/// <summary>A record that was found for a package.</summary>
/// <param name="Record">The record.</param>
/// <param name="List">The list that it is from, or <see langword="null"/>.</param>
/// <param name="Position">Where it stands there.</param>
/// <param name="Rank">The rank of its channel, where ranks count.</param>
/// <param name="IsPreferred">Whether the caller prefers it.</param>
internal sealed record Found(CondaRecord Record, Repodata? List, RepodataPosition Position, int Rank, bool IsPreferred);
