using System.Buffers;

namespace Metaflow.Serialization;

/// <summary>Turns the values of artifacts into bytes that Python's client reads, and back into the types that C# wants.</summary>
/// <remarks>
/// <para>Numbers, texts, times, decimals and identifiers become Python's; arrays of numbers (but <c>byte[]</c>, which is bytes) NumPy
/// arrays; other arrays and collections lists; sets and dictionaries the same, or lists where Python could not hash an item or key;
/// tuples and pairs tuples; enumerations the names of their members; records, classes and structures dictionaries of their public
/// properties in snake case.</para>
/// <para>Times are kept to the microsecond, which is all that Python has. A local <see cref="DateTime"/> is stored as the same instant in
/// UTC.</para>
/// <para>Nothing is rounded or guessed on the way back: a value that does not fit the type wanted is an error.</para>
/// </remarks>
internal static class ArtifactSerializer
{
    /// <summary>The encoding of what <see cref="Serialize"/> returns.</summary>
    public const string StandardEncoding = "pickle-v4";

    /// <summary>Turns a value into bytes.</summary>
    /// <param name="value">The value. It must not change before its bytes are stored: large arrays are not copied.</param>
    /// <param name="declaredType">The type of the artifact. The value is stored by its own type, which may be a more special one, and is
    /// read into this one.</param>
    /// <param name="name">The name of the value in errors. The default is <c>value</c>.</param>
    /// <returns>The bytes, their encoding and the type as Python prints it.</returns>
    /// <exception cref="Errors.StorageException">A part of the value cannot be stored (MF4104) or is declared as a type that nothing can
    /// be read into (MF4105) or as a base of what it is (MF4113), a property threw (MF4106), or two members of a type have one key
    /// (MF4107), or what a part that has to be looked at is read back as is not what it is (MF4112, MF4114); the message names the place
    /// in the value. The bytes that a plug-in's encoding makes are more than it could read (MF4012).</exception>
    public static SerializedArtifact Serialize(object? value, Type declaredType, string name = "value")
    {
        ArgumentNullException.ThrowIfNull(declaredType);
        if (ArtifactEncodings.ForWriting(value, declaredType) is { } other)
        {
            return ArtifactEncodings.Write(other, value!, declaredType, name);
        }

        if (declaredType == typeof(Stream) && value is Stream stream)
        {
            return StreamWriting.Write(stream, name);
        }

        var writer = new ValueWriter(name);
        var payload = writer.WriteAll(value);
        new ReadingCheck(name, writer.Enumerated).Require(value, declaredType);
        var described = Describe(value, payload);
        if (writer.IsDoubtful)
        {
            ReadBackComparison.Require(value, declaredType, described, name);
        }

        return described;
    }

    /// <summary>Turns a value into bytes that are read as plain data only: nobody declares what it is read into, so that nothing is asked
    /// of its type.</summary>
    /// <param name="value">The value. It must not change before its bytes are stored.</param>
    /// <param name="name">The name of the value in errors. The default is <c>value</c>.</param>
    /// <returns>The bytes, their encoding and the type as Python prints it.</returns>
    /// <exception cref="Errors.StorageException">A part of the value cannot be stored (MF4104 and on).</exception>
    public static SerializedArtifact SerializePlain(object? value, string name = "value")
        => Describe(value, new ValueWriter(name).WriteAll(value));

    /// <summary>Checks that each of some items is read back as what it is, once they are stored and read one by one.</summary>
    /// <param name="items">The items.</param>
    /// <param name="declaredType">The type that each is read into.</param>
    /// <param name="name">The name of all in errors. The default is <c>value</c>.</param>
    /// <exception cref="Errors.StorageException">Nothing can be read into the type (MF4105), or an item is of a type derived from it
    /// (MF4113).</exception>
    public static void RequireReadable(IEnumerable<object?> items, Type declaredType, string name = "value")
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(declaredType);
        new ReadingCheck(name).RequireEach(items, declaredType);
    }

    /// <summary>Reads a value back as the next step would, and compares it with what was stored: for tests, since it takes as long as
    /// storing it twice.</summary>
    /// <param name="value">The value that was stored.</param>
    /// <param name="declaredType">The type of the artifact.</param>
    /// <param name="stored">What <see cref="Serialize"/> returned for it.</param>
    /// <param name="name">The name of the value in errors.</param>
    /// <exception cref="Errors.StorageException">It cannot be read (MF4103 and on), or a part of it is read back as another value
    /// (MF4114); the message names the part.</exception>
    public static void RequireSameWhenRead(object? value, Type declaredType, SerializedArtifact stored, string name)
    {
        ArgumentNullException.ThrowIfNull(declaredType);
        ArgumentNullException.ThrowIfNull(stored);
        if (value is Stream)
        {
            // Bytes are read as what they are; and the stream has been read.
            return;
        }

        if (IsPickle(stored.Encoding))
        {
            ReadBackComparison.Require(value, declaredType, stored, name);
        }
        else
        {
            // Only the encoding itself can tell whether two of its values are the same.
            _ = Deserialize(stored.Payload, stored.Encoding, declaredType, name);
        }
    }

    private static SerializedArtifact Describe(object? value, ReadOnlySequence<byte> payload)
        => new(payload, PythonTypeName.ForRecord(value), StandardEncoding) { Size = value is ISizedForm form ? form.Size : payload.Length };

    /// <summary>Reads a value into a type.</summary>
    /// <typeparam name="T">The type wanted; <see cref="object"/> for plain data.</typeparam>
    /// <param name="payload">The uncompressed bytes.</param>
    /// <param name="encoding">How they are read, as recorded with the artifact.</param>
    /// <param name="name">The name of the value in errors. The default is <c>value</c>.</param>
    /// <returns>The value.</returns>
    /// <exception cref="Errors.StorageException">The encoding is unknown (MF4100), the bytes are damaged (MF4101, MF4102), or the value
    /// does not fit the type (MF4103 and on).</exception>
    public static T Deserialize<T>(ReadOnlyMemory<byte> payload, string encoding, string name = "value") =>
        (T)Deserialize(payload, encoding, typeof(T), name)!;

    /// <summary>Reads a value into a type.</summary>
    /// <param name="payload">The uncompressed bytes.</param>
    /// <param name="encoding">How they are read, as recorded with the artifact.</param>
    /// <param name="type">The type wanted; <see cref="object"/> for plain data.</param>
    /// <param name="name">The name of the value in errors. The default is <c>value</c>.</param>
    /// <returns>The value.</returns>
    /// <exception cref="Errors.StorageException">As of <see cref="Deserialize{T}"/>.</exception>
    public static object? Deserialize(ReadOnlyMemory<byte> payload, string encoding, Type type, string name = "value")
    {
        ArgumentNullException.ThrowIfNull(type);
        if (!IsPickle(encoding))
        {
            return ArtifactEncodings.Read(payload, encoding, type, name);
        }

        if (type == typeof(Stream))
        {
            return Deserialize<byte[]?>(payload, encoding, name) is { } bytes ? new MemoryStream(bytes, writable: false) : null;
        }

        var input = new PickleInput(payload);
        return TryDeserializeDirectly(input, type, out var value) ? value : Deserialize(input, type, name);
    }

    /// <summary>Reads a value that was just written into a type.</summary>
    /// <param name="payload">The bytes.</param>
    /// <param name="encoding">How they are read.</param>
    /// <param name="type">The type wanted.</param>
    /// <param name="name">The name of the value in errors.</param>
    /// <returns>The value.</returns>
    /// <exception cref="Errors.StorageException">As of <see cref="Deserialize{T}"/>.</exception>
    public static object? Deserialize(ReadOnlySequence<byte> payload, string encoding, Type type, string name)
    {
        if (payload.IsSingleSegment || !IsPickle(encoding))
        {
            return Deserialize(payload.ToArray(), encoding, type, name);
        }

        return TryDeserializeDirectly(PickleInput.Of(payload), type, out var value)
            ? value
            : Deserialize(PickleInput.Of(payload), type, name);
    }

    /// <summary>Reads a pickle into a type.</summary>
    /// <param name="input">The pickle.</param>
    /// <param name="type">The type wanted; <see cref="object"/> for plain data.</param>
    /// <param name="name">The name of the value in errors.</param>
    /// <returns>The value.</returns>
    /// <exception cref="Errors.StorageException">As of <see cref="Deserialize{T}"/>.</exception>
    public static object? Deserialize(PickleInput input, Type type, string name)
    {
        var reader = new ValueReader(name);
        try
        {
            return AsView(reader.Convert(PickleReader.Read(input, type), type), type);
        }
        catch (Exception error) when (error is not (Errors.MetaflowException or OutOfMemoryException or IOException))
        {
            // Such as a collection of the author's own that refuses an item.
            throw SerializationErrors.PartThrew(reader.Path, error);
        }
    }

    /// <summary>Reads a pickle straight into a type, if it is written in the common way.</summary>
    /// <param name="input">The pickle.</param>
    /// <param name="type">The type wanted.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether it could be read so. If not, the pickle may have been taken in part.</returns>
    public static bool TryDeserializeDirectly(PickleInput input, Type type, out object? value)
    {
        var isRead = DirectForm.TryRead(input, type, out value);
        value = AsView(value, type);
        return isRead;
    }

    private static object? AsView(object? value, Type type)
        => value is not null && ReadOnlyViews.Are(type) && ImmutableTypes.Contains(type) ? ReadOnlyViews.Of(value, type) : value;

    /// <summary>Returns true if nobody can have changed a value that was read and not set since, so that it need not be compared with
    /// what was stored.</summary>
    /// <param name="value">What <see cref="Deserialize(ReadOnlyMemory{byte}, string, Type, string)"/> returned.</param>
    /// <param name="type">The type that it was read into.</param>
    /// <returns>Whether that is certain; <see langword="false"/> for arrays, lists, and objects that have a member which can be
    /// assigned.</returns>
    public static bool IsImmutable(object? value, Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return type == typeof(Stream)
            || (ImmutableTypes.Contains(type) && (value is null || !ReadOnlyViews.Are(type) || ReadOnlyViews.Is(value)));
    }

    /// <summary>Reads a value as plain data; see <see cref="PickleReader"/> for the types.</summary>
    /// <param name="payload">The uncompressed bytes.</param>
    /// <param name="encoding">How they are read, as recorded with the artifact.</param>
    /// <returns>The value.</returns>
    /// <exception cref="Errors.StorageException">The encoding is unknown (MF4100), or the bytes are damaged (MF4101, MF4102).</exception>
    public static object? DeserializePlain(ReadOnlyMemory<byte> payload, string encoding)
        => IsPickle(encoding) ? PickleReader.Read(payload) : ArtifactEncodings.Read(payload, encoding, typeof(object), "value");

    /// <summary>Reads one item of a value that can be iterated, without converting the others. A dictionary's items are its keys, or its
    /// pairs where a <see cref="KeyValuePair{TKey, TValue}"/> is wanted; a text's are its characters.</summary>
    /// <typeparam name="T">The requested type.</typeparam>
    /// <param name="payload">The uncompressed bytes of the whole value.</param>
    /// <param name="encoding">How they are read, as recorded with the artifact.</param>
    /// <param name="index">The index of the item, from 0.</param>
    /// <param name="name">The name of the whole value in errors. The default is <c>value</c>.</param>
    /// <returns>The item.</returns>
    /// <exception cref="Errors.StorageException">There is no such item (MF4108); else as of <see cref="Deserialize{T}"/>.</exception>
    public static T DeserializeItem<T>(ReadOnlyMemory<byte> payload, string encoding, int index, string name = "value")
    {
        if (!IsPickle(encoding))
        {
            var read = ArtifactEncodings.ReadItem(payload, encoding, index, name);
            return read is null || ExactTypes.Is(read, typeof(T))
                ? (T)read!
                : throw SerializationErrors.EncodingDoesNotFit(
                    $"{name}[{index}]", encoding, $"a '{PythonTypeName.ForRecord(read)}'", typeof(T));
        }

        return DeserializeItem<T>(new PickleInput(payload), index, name);
    }

    /// <summary>Reads one item of a pickled value; see the other overload.</summary>
    /// <typeparam name="T">The requested type.</typeparam>
    /// <param name="input">The pickle of the whole value.</param>
    /// <param name="index">The index of the item, from 0.</param>
    /// <param name="name">The name of the whole value in errors.</param>
    /// <returns>The item.</returns>
    public static T DeserializeItem<T>(PickleInput input, int index, string name)
    {
        var item = PlainItems.At(PickleReader.Read(input), index, typeof(T), name);
        return (T)new ValueReader($"{name}[{index}]").Convert(item, typeof(T))!;
    }

    /// <summary>Returns true if an encoding is that of Python's client.</summary>
    internal static bool IsPickle(string encoding) => encoding is "pickle-v4" or "gzip+pickle-v4" or "pickle-v2" or "gzip+pickle-v2";
}
