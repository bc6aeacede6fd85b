namespace Metaflow.ObjectStorage.Data;

/// <summary>How far a call is that moves data.</summary>
/// <param name="Objects">The number of objects that are done.</param>
/// <param name="TotalObjects">The number of all objects.</param>
/// <param name="Bytes">The number of bytes that were sent or received so far. Bytes that are sent again after a failure count
/// once.</param>
public readonly record struct DataProgress(int Objects, int TotalObjects, long Bytes);
