using System.Buffers;

namespace Metaflow.Serialization;

/// <summary>Writes values as Python's pickle, protocol 4, with the bytes that CPython writes for values that both have.</summary>
/// <remarks>Objects that occur more than once are written once, by identity, so that shared and cyclic values keep their form.</remarks>
internal static class PickleWriter
{
    /// <summary>Writes a value.</summary>
    /// <param name="value">A value; see <see cref="ArtifactSerializer"/> for the types.</param>
    /// <returns>The bytes. Arrays of numbers and byte arrays of 64 KiB and more lie in it uncopied: they must not change while it is
    /// used.</returns>
    /// <exception cref="Errors.StorageException">A part of the value cannot be stored (MF4104, MF4106, MF4107).</exception>
    public static ReadOnlySequence<byte> Write(object? value) => new ValueWriter("value").WriteAll(value);
}
