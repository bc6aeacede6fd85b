using System.Buffers;

namespace Metaflow.Serialization;

/// <summary>A form in which artifacts are stored, beside the pickle that Python's client reads. A plug-in adds it:
/// <c>registry.Add&lt;IArtifactEncoding&gt;("arrow", new ArrowEncoding())</c>.</summary>
/// <remarks>The encodings are asked in the order in which they were added; what none of them takes is a pickle. The name is recorded with
/// each artifact, and its encoding reads it, in programs that have the plug-in. Parts of a value are not asked for. Methods are called
/// from several threads.</remarks>
public interface IArtifactEncoding
{
    /// <summary>Gets the name that is recorded with artifacts, such as <c>arrow-v1</c>. It stands for one form forever, and is not a
    /// name of the pickle.</summary>
    string Name { get; }

    /// <summary>Returns true if it stores a value. Asked for each artifact of each task, so that it should look at types only.</summary>
    /// <param name="value">The value.</param>
    /// <param name="declaredType">The type of the artifact.</param>
    /// <returns>Whether it does.</returns>
    bool CanWrite(object value, Type declaredType);

    /// <summary>Turns a value into bytes; the same for the same value, so that it is stored once.</summary>
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
