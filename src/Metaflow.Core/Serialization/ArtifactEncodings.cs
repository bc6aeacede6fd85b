using System.Collections;
using System.Runtime.CompilerServices;
using Metaflow.Errors;
using Metaflow.Plugins;

namespace Metaflow.Serialization;

/// <summary>The encodings of plug-ins. Nearly no program has one: then this costs an artifact some nanoseconds.</summary>
internal static class ArtifactEncodings
{
    private static readonly StrongBox<Known?> Last = new();

    /// <summary>Finds the encoding that stores a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="declaredType">The type of the artifact.</param>
    /// <returns>The encoding; <see langword="null"/> for the pickle.</returns>
    public static IArtifactEncoding? ForWriting(object? value, Type declaredType)
    {
        var all = All();
        return all.Length == 0 || value is null ? null : Array.Find(all, encoding => encoding.CanWrite(value, declaredType));
    }

    /// <summary>Stores a value.</summary>
    /// <param name="encoding">The encoding.</param>
    /// <param name="value">The value.</param>
    /// <param name="declaredType">The type of the artifact.</param>
    /// <param name="name">The name of the value in errors.</param>
    /// <returns>What is stored.</returns>
    /// <exception cref="StorageException">MF4106: the encoding failed. MF4012: its bytes are too many.</exception>
    public static SerializedArtifact Write(IArtifactEncoding encoding, object value, Type declaredType, string name)
    {
        try
        {
            var payload = encoding.Write(value, declaredType);
            return payload.Length > Array.MaxLength
                ? throw SerializationErrors.TooLarge(name, payload.Length, encoding.Name)
                : new SerializedArtifact(payload, PythonTypeName.ForRecord(value), encoding.Name);
        }
        catch (Exception error) when (error is not (MetaflowException or OutOfMemoryException))
        {
            throw SerializationErrors.EncodingThrew(name, encoding.Name, error);
        }
    }

    /// <summary>Reads a value.</summary>
    /// <param name="payload">The bytes.</param>
    /// <param name="name">The recorded name of the encoding.</param>
    /// <param name="type">The type wanted.</param>
    /// <param name="artifact">The name of the value in errors.</param>
    /// <returns>The value.</returns>
    /// <exception cref="StorageException">MF4100: no plug-in has the encoding. MF4103: what it read does not fit. MF4106: it
    /// failed.</exception>
    public static object? Read(ReadOnlyMemory<byte> payload, string name, Type type, string artifact)
    {
        var encoding = Array.Find(All(), encoding => encoding.Name == name)
            ?? throw SerializationErrors.UnknownEncoding(name, [.. All().Select(static encoding => encoding.Name)]);
        object? value;
        try
        {
            value = encoding.Read(payload, type);
        }
        catch (Exception error) when (error is not (MetaflowException or OutOfMemoryException))
        {
            throw SerializationErrors.EncodingThrew(artifact, name, error);
        }

        return value is null ? !type.IsValueType || Nullable.GetUnderlyingType(type) is not null ? null : throw NoFit("nothing")
            : ExactTypes.Is(value, type) ? value : throw NoFit($"a '{TypeName.Of(value.GetType())}'");

        StorageException NoFit(string found) => SerializationErrors.EncodingDoesNotFit(artifact, name, found, type);
    }

    /// <summary>Reads an item of a value.</summary>
    /// <param name="payload">The bytes.</param>
    /// <param name="name">The recorded name of the encoding.</param>
    /// <param name="index">The item's place.</param>
    /// <param name="artifact">The name of the value in errors.</param>
    /// <returns>The item as the encoding has it.</returns>
    /// <exception cref="StorageException">MF4108: there is no such item; else as of <see cref="Read"/>.</exception>
    public static object? ReadItem(ReadOnlyMemory<byte> payload, string name, int index, string artifact)
    {
        var value = Read(payload, name, typeof(object), artifact);
        var items = value is IEnumerable many ? many.Cast<object?>().Skip(index).Take(1).ToList() : [];
        return items.Count == 1 && index >= 0
            ? items[0]
            : throw SerializationErrors.NoSuchItem(artifact, index, PythonTypeName.ForRecord(value));
    }

    private static IArtifactEncoding[] All()
    {
        var registry = ProgramPlugins.Registry;
        if (Volatile.Read(ref Last.Value) is { } known && known.Registry == registry)
        {
            return known.Encodings;
        }

        var encodings = Of(registry);
        Volatile.Write(ref Last.Value, new Known(registry, encodings));
        return encodings;
    }

    /// <summary>Returns the encodings of a registry.</summary>
    /// <param name="registry">The registry.</param>
    /// <returns>The encodings, in the order in which they are asked.</returns>
    /// <exception cref="ConfigurationException">MF2048: one has the name of a pickle.</exception>
    internal static IArtifactEncoding[] Of(PluginRegistry registry)
    {
        IArtifactEncoding[] encodings = [.. registry.All<IArtifactEncoding>()];
        if (Array.Find(encodings, static encoding => ArtifactSerializer.IsPickle(encoding.Name)) is { } own)
        {
            throw new ConfigurationException(
                ErrorCodes.PluginNameTaken,
                $"A plug-in adds an encoding named '{own.Name}'.",
                $"'{own.GetType().FullName}' has the name of a pickle, which the Python client reads.",
                "Give the encoding another name.");
        }

        return encodings;
    }

    private sealed record Known(PluginRegistry Registry, IArtifactEncoding[] Encodings);
}
