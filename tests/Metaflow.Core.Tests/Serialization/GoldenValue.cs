using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Metaflow.Serialization;

namespace Metaflow.Core.Tests.Serialization;

/// <summary>Plain data in the notation of the golden runs' expected values.</summary>
internal static class GoldenValue
{
    public static JsonNode? Of(object? value, IReadOnlyList<object>? parents = null)
    {
        parents ??= [];
        for (var up = 0; value is not null and not string and not ValueType && up < parents.Count; up++)
        {
            if (ReferenceEquals(parents[parents.Count - 1 - up], value))
            {
                return Kind("cycle", up + 1);
            }
        }

        return Scalar(value) ?? Container(value, value is null ? parents : [.. parents, value]);
    }

    public static JsonObject Kind(string kind, JsonNode? content) => new() { [kind] = content };

    private static JsonNode? Scalar(object? value) => value switch
    {
        bool flag => flag,
        string text => text,
        long number => Math.Abs((decimal)number) <= 1L << 53 ? number : Kind("int", number.ToString(CultureInfo.InvariantCulture)),
        BigInteger number => Kind("int", number.ToString(CultureInfo.InvariantCulture)),
        double number => Float(number),
        byte[] bytes => Kind("bytes", Convert.ToBase64String(bytes)),
        Complex number => Kind("complex", new JsonArray(number.Real, number.Imaginary)),
        decimal number => Kind("decimal", number.ToString(CultureInfo.InvariantCulture)),
        Guid id => Kind("uuid", id.ToString()),
        DateTime time => Kind("datetime", Time(time)),
        DateTimeOffset time => Kind("datetime", Time(time.DateTime) + time.ToString("zzz", CultureInfo.InvariantCulture)),
        DateOnly date => Kind("date", date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        TimeSpan span =>
            Kind(
                "timedelta",
                new JsonArray(
                    span.Days, (int)(span - TimeSpan.FromDays(span.Days)).TotalSeconds, (span.Milliseconds * 1000) + span.Microseconds)),
        _ => null,
    };

    private static JsonNode? Container(object? value, IReadOnlyList<object> parents) => value switch
    {
        List<object?> list => Items(list, parents),
        PythonTuple tuple => Kind("tuple", Items(tuple, parents)),
        HashSet<object?> set => Kind("set", Items(set, parents)),
        Dictionary<object, object?> pairs =>
            Kind("dict", new JsonArray([.. pairs.Select(pair => new JsonArray(Of(pair.Key, parents), Of(pair.Value, parents)))])),
        PythonObject { Module: "builtins" } call => Kind(call.Name, Items(call.Arguments, parents)),
        PythonObject { State: null } named =>
            Kind("namedtuple", new JsonArray($"{named.Module}.{named.Name}", Items(named.Arguments, parents))),
        PythonObject instance => Kind("object", new JsonArray(
            $"{instance.Module}.{instance.Name}",
            new JsonObject(instance.Fields.OrderBy(field => field.Key, StringComparer.Ordinal)
                .Select(field => KeyValuePair.Create(field.Key, Of(field.Value, parents)))))),
        NumericArray array => Kind("ndarray", ArrayOf(array, parents)),
        _ => null,
    };

    private static JsonNode Float(double number) => number switch
    {
        double.NaN => Kind("float", "nan"),
        double.PositiveInfinity => Kind("float", "inf"),
        double.NegativeInfinity => Kind("float", "-inf"),
        0 when double.IsNegative(number) => Kind("float", "-0.0"),
        _ => number,
    };

    private static string Time(DateTime time)
        => time.ToString(
            time.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-ddTHH:mm:ss" : "yyyy-MM-ddTHH:mm:ss.ffffff", CultureInfo.InvariantCulture);

    private static JsonArray Items(IEnumerable<object?> items, IReadOnlyList<object> parents)
        => new([.. items.Select(item => Of(item, parents))]);

    private static JsonObject ArrayOf(NumericArray array, IReadOnlyList<object> parents)
    {
        var content = new JsonObject
        {
            ["dtype"] = array.ElementType.Code.Replace('>', '<'),
            ["shape"] = new JsonArray([.. array.Shape.Select(length => (JsonNode)length)]),
            ["sha1_of_bytes"] = array.Objects is null ? Pickles.Sha1(NumericLayout.Normalize(array).ToArray()) : null,
        };
        if (array.Length <= 64)
        {
            content["items"] = Items(Enumerable.Range(0, (int)array.Length).Select(i => array.GetValue(i)).Select(DateText), parents);
        }

        return content;
    }

    private static object? DateText(object? item)
        => item is DateTime time ? time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : item;
}
