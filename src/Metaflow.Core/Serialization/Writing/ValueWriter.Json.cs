using System.Text.Json;

namespace Metaflow.Serialization;

/// <content>JSON, as the plain data that Python makes of it.</content>
internal sealed partial class ValueWriter
{
    private void WriteJson(JsonElement element, object? identity)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var pairs = new Dictionary<string, object?>(StringComparer.Ordinal);
                foreach (var property in element.EnumerateObject())
                {
                    if (!pairs.TryAdd(property.Name, property.Value))
                    {
                        throw SerializationErrors.LosesEntry(_path, typeof(JsonElement), property.Name);
                    }
                }

                _emitter.Opcode(PickleOpcode.EmptyDict);
                _emitter.Memoize(identity);
                WritePairs(pairs.Select(pair => new KeyValuePair<object?, object?>(pair.Key, pair.Value)).ToList());
                break;
            case JsonValueKind.Array:
                WriteList(element.EnumerateArray().Select(item => (object?)item).ToList(), identity ?? element);
                break;
            case JsonValueKind.Number:
                Write(JsonForm.Number(element) ?? throw SerializationErrors.JsonNotStored(_path, element.GetRawText()));
                break;
            case JsonValueKind.Undefined:
                throw SerializationErrors.JsonNotStored(_path, null);
            default:
                Write(element.ValueKind switch
                {
                    JsonValueKind.String => element.GetString(),
                    JsonValueKind.Null => null,
                    var kind => kind == JsonValueKind.True,
                });
                break;
        }
    }
}
