namespace Metaflow.Serialization;

/// <summary>Bytes that lie in the pickle.</summary>
/// <param name="Bytes">The bytes.</param>
internal sealed record ContentView(ReadOnlyMemory<byte> Bytes);
