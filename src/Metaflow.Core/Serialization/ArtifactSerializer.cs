namespace Metaflow.Serialization;

internal static class ArtifactSerializer
{
    public static T Deserialize<T>(ReadOnlyMemory<byte> payload, string encoding) => throw new NotSupportedException($"{encoding} {payload.Length}");

    public static object? DeserializePlain(ReadOnlyMemory<byte> payload, string encoding) => throw new NotSupportedException($"{encoding} {payload.Length}");

    public static T DeserializeItem<T>(ReadOnlyMemory<byte> payload, string encoding, int index) => throw new NotSupportedException($"{encoding} {payload.Length} {index}");
}
