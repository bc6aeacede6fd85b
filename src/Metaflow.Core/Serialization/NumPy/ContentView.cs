namespace Metaflow.Serialization;

/// <summary>Bytes that lie in the pickle.</summary>
/// <param name="Bytes">The bytes.</param>
internal sealed record ContentView(ReadOnlyMemory<byte> Bytes);

/// <summary>Bytes that were read as the items of an array, in this machine's order and row by row.</summary>
/// <param name="Items">The array, of the shape that the pickle says.</param>
internal sealed record ContentItems(Array Items);
