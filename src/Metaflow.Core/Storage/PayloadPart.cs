namespace Metaflow.Storage;

/// <summary>A part of a payload that is read straight to where its bytes are wanted.</summary>
/// <param name="Bytes">The bytes that the part must have, or the room that they go to.</param>
/// <param name="IsKnown">Whether <paramref name="Bytes"/> are what the part must have.</param>
internal sealed record PayloadPart(Memory<byte> Bytes, bool IsKnown);
