using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Metaflow.Definition;

/// <summary>Makes values of one word from the texts that <see cref="NodeFitting"/> has checked.</summary>
internal sealed class ScalarConverter : JsonConverterFactory
{
    /// <inheritdoc/>
    public override bool CanConvert(Type typeToConvert) => ScalarText.Knows(typeToConvert);

    /// <inheritdoc/>
    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options)
        => (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert))!;

    private sealed class Converter<T> : JsonConverter<T>
    {
        public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parse(TextOf(ref reader));

        public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
            => Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
            => throw new NotSupportedException("Parameters are read, never written.");

        private static string TextOf(ref Utf8JsonReader reader) => reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString()!,
            JsonTokenType.StartArray or JsonTokenType.StartObject => throw new JsonException(),
            _ => Encoding.UTF8.GetString(reader.ValueSpan),
        };

        private static T Parse(string text) => (T)(ScalarText.Read(typeof(T), text) ?? throw new JsonException());
    }
}
