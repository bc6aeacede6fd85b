using System.Collections.Frozen;
using System.Collections.ObjectModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Metaflow.Definition;

/// <summary>Makes collections that the library cannot fill, since they are read-only from the beginning, from those that it can.</summary>
internal sealed class ReadOnlyCollections : JsonConverterFactory
{
    private static readonly Dictionary<Type, (Type From, Type Converter)> Known = new()
    {
        [typeof(IReadOnlySet<>)] = (typeof(HashSet<>), typeof(SetConverter<,>)),
        [typeof(ReadOnlySet<>)] = (typeof(HashSet<>), typeof(SetConverter<,>)),
        [typeof(FrozenSet<>)] = (typeof(HashSet<>), typeof(SetConverter<,>)),
        [typeof(ReadOnlyCollection<>)] = (typeof(List<>), typeof(ListConverter<,>)),
        [typeof(FrozenDictionary<,>)] = (typeof(Dictionary<,>), typeof(DictionaryConverter<,,>)),
        [typeof(ReadOnlyDictionary<,>)] = (typeof(Dictionary<,>), typeof(DictionaryConverter<,,>)),
    };

    /// <summary>Returns the type that a collection is made from; the type itself where the library can fill it.</summary>
    /// <param name="type">The type wanted.</param>
    /// <returns>The type.</returns>
    public static Type MadeFrom(Type type) => Find(type) is { } known ? known.From.MakeGenericType(type.GetGenericArguments()) : type;

    /// <inheritdoc/>
    public override bool CanConvert(Type typeToConvert) => Find(typeToConvert) is not null;

    /// <inheritdoc/>
    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options)
        => (JsonConverter)Activator.CreateInstance(Find(typeToConvert)!.Value.Converter
            .MakeGenericType([typeToConvert, .. typeToConvert.GetGenericArguments()]))!;

    private static (Type From, Type Converter)? Find(Type type)
        => type.IsGenericType && Known.TryGetValue(type.GetGenericTypeDefinition(), out var known) ? known : null;

    private abstract class Converter<T, TFrom> : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
            => (T)Make(JsonSerializer.Deserialize<TFrom>(ref reader, options)!, typeToConvert.GetGenericTypeDefinition());

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
            => throw new NotSupportedException("Parameters are read, never written.");

        protected abstract object Make(TFrom items, Type definition);
    }

    private sealed class SetConverter<T, TItem> : Converter<T, HashSet<TItem>>
    {
        protected override object Make(HashSet<TItem> items, Type definition)
            => definition == typeof(FrozenSet<>)
                ? items.ToFrozenSet()
                : definition == typeof(ReadOnlySet<>)
                ? new ReadOnlySet<TItem>(items)
                : items;
    }

    private sealed class ListConverter<T, TItem> : Converter<T, List<TItem>>
    {
        protected override object Make(List<TItem> items, Type definition) => items.AsReadOnly();
    }

    private sealed class DictionaryConverter<T, TKey, TValue> : Converter<T, Dictionary<TKey, TValue>>
        where TKey : notnull
    {
        protected override object Make(Dictionary<TKey, TValue> items, Type definition)
            => definition == typeof(FrozenDictionary<,>) ? items.ToFrozenDictionary() : new ReadOnlyDictionary<TKey, TValue>(items);
    }
}
