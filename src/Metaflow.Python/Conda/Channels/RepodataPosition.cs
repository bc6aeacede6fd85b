namespace Metaflow.Python.Conda.Channels;

/// <summary>Where a record stands in a list.</summary>
/// <param name="Start">Where its file's name begins.</param>
/// <param name="Length">How many bytes name and record have.</param>
internal readonly record struct RepodataPosition(long Start, int Length);
