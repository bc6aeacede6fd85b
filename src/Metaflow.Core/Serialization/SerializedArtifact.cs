using System.Buffers;

namespace Metaflow.Serialization;

/// <summary>A value as bytes, ready for the content-addressed store.</summary>
/// <param name="Payload">The bytes before compression; large arrays lie in it without being copied.</param>
/// <param name="TypeName">The type as Python prints it, such as <c>&lt;class 'int'&gt;</c>.</param>
/// <param name="Encoding">How the bytes are to be read, such as <c>pickle-v4</c>.</param>
internal sealed record SerializedArtifact(ReadOnlySequence<byte> Payload, string TypeName, string Encoding)
{
    /// <summary>Gets the size that is recorded with the artifact: of the payload by default, of the file for an included one.</summary>
    public long Size { get; init; } = Payload.Length;
}
