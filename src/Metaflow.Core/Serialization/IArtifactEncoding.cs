using System.Buffers;

namespace Metaflow.Serialization;

/// <summary>A form in which artifacts are stored, in addition to the pickle that the Python client reads. A plug-in adds it:
/// <c>registry.Add&lt;IArtifactEncoding&gt;("arrow", new ArrowEncoding())</c>.</summary>
/// <remarks>Metaflow asks the encodings in the order in which they were added. If none of them takes a value, it becomes a pickle.
/// Metaflow records the name with each artifact, and the encoding with this name reads it, in programs that have the plug-in. An encoding
/// is asked for whole values only, not for their parts. Its methods are called from several threads.</remarks>
public interface IArtifactEncoding
{
    /// <summary>Gets the name that is recorded with artifacts, such as <c>arrow-v1</c>. It stands for one form forever, and is not a
    /// name of the pickle.</summary>
    string Name { get; }

    /// <summary>Returns true if it stores a value. It is called for each artifact of each task, so it should check only types.</summary>
    /// <param name="value">The value.</param>
    /// <param name="declaredType">The type of the artifact.</param>
    /// <returns>Whether it does.</returns>
    bool CanWrite(object value, Type declaredType);

    /// <summary>Converts a value to bytes. The same value must give the same bytes, so that it is stored once.</summary>
    /// <param name="value">The value, for which <see cref="CanWrite"/> was true. It does not change before its bytes are stored: arrays
    /// need not be copied.</param>
    /// <param name="declaredType">The type of the artifact.</param>
    /// <returns>The bytes.</returns>
    ReadOnlySequence<byte> Write(object value, Type declaredType);

    /// <summary>Turns bytes into a value.</summary>
    /// <param name="payload">The bytes.</param>
    /// <param name="type">The type wanted; <see cref="object"/> for whatever the encoding likes best.</param>
    /// <returns>The value, of that type.</returns>
    object? Read(ReadOnlyMemory<byte> payload, Type type);
}
