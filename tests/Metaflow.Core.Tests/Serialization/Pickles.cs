using System.Buffers;
using System.Security.Cryptography;
using Metaflow.Serialization;

namespace Metaflow.Core.Tests.Serialization;

/// <summary>Shorthands of the tests of serialization.</summary>
internal static class Pickles
{
    public static byte[] Write(object? value) => PickleWriter.Write(value).ToArray();

    public static object? Read(string hex)
        => PickleReader.Read(Convert.FromHexString(hex.Replace(" ", string.Empty, StringComparison.Ordinal)));

    public static string Sha1(byte[] bytes)
    {
#pragma warning disable CA5350 // The keys of the reference's store are SHA-1.
        return Convert.ToHexStringLower(SHA1.HashData(bytes));
#pragma warning restore CA5350
    }

    public static byte[] Bytes(SerializedArtifact stored) => stored.Payload.ToArray();

    public static T RoundTrip<T>(T value)
    {
        var artifact = ArtifactSerializer.Serialize(value, typeof(T));
        return ArtifactSerializer.Deserialize<T>(artifact.Payload.ToArray(), artifact.Encoding);
    }

    public static T ReadAs<T>(object? stored) => ArtifactSerializer.Deserialize<T>(Write(stored), "pickle-v4");
}
