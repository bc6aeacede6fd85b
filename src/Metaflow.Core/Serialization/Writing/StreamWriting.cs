using System.Buffers;
using Metaflow.Errors;
using Metaflow.Spooling;

namespace Metaflow.Serialization;

/// <summary>Stores what a stream yields as Python's <c>bytes</c>. How many they are, and their hash, must be known before the first of
/// them is stored, so that a long stream goes to a temporary file first.</summary>
internal static class StreamWriting
{
    private const int MostInMemory = 1 << 20;

    /// <summary>Reads a stream to its end, and closes it.</summary>
    /// <param name="stream">The stream. One that can seek is read whole, whatever its position.</param>
    /// <param name="name">The name of the artifact, for errors.</param>
    /// <returns>The bytes, their encoding and their type as Python prints it.</returns>
    /// <exception cref="StorageException">The stream cannot be read (MF4116), or a temporary file not be used (MF4117).</exception>
    public static SerializedArtifact Write(Stream stream, string name)
    {
        var (parts, length) = Read(stream, name, out var declared);
        if (length < declared)
        {
            throw SerializationErrors.StreamCut(name, length, declared.Value);
        }

        Ask(name, () =>
        {
            stream.Dispose();
            return length;
        });
        var emitter = new PickleEmitter();
        emitter.Bytes(null, parts, length);
        return new SerializedArtifact(emitter.Finish(), StreamForm.TypeName, ArtifactSerializer.StandardEncoding);
    }

    private static (IReadOnlyList<ReadOnlyMemory<byte>> Parts, long Length) Read(Stream stream, string name, out long? declared)
    {
        var buffer = GC.AllocateUninitializedArray<byte>(MostInMemory);
        if (!stream.CanRead)
        {
            throw SerializationErrors.StreamUnreadable(name, "It is closed, or was opened for writing only.", null);
        }

        if (stream.CanSeek)
        {
            Ask(name, () => stream.Position = 0);
        }

        declared = Declared(stream);
        var count = ReadPart(stream, buffer, name);
        if (count < buffer.Length)
        {
            return ([buffer.AsMemory(0, count)], count);
        }

        var spooled = SpooledBytes.Create();
        for (; count > 0; count = ReadPart(stream, buffer, name))
        {
            spooled.Write(buffer.AsSpan(0, count));
        }

        return ([.. spooled.Parts(0, spooled.Length)], spooled.Length);
    }

    /// <summary>Returns how many bytes a stream says are left; <see langword="null"/> if it does not say it. A download may say it,
    /// although it cannot seek.</summary>
    private static long? Declared(Stream stream)
    {
        try
        {
            return stream.Length - stream.Position;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return null;
        }
    }

    private static int ReadPart(Stream stream, byte[] buffer, string name)
        => Ask(name, () => stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));

    private static T Ask<T>(string name, Func<T> ask)
    {
        try
        {
            return ask();
        }
        catch (Exception error) when (error is not (MetaflowException or OutOfMemoryException))
        {
            throw SerializationErrors.StreamUnreadable(
                name, $"Reading it threw a '{TypeName.Of(error.GetType())}': {error.Message}", error);
        }
    }
}
