using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using Metaflow.Errors;
using Metaflow.Serialization;

namespace Metaflow.Cli.Commands;

/// <summary>Turns values of artifacts into what JSON can say.</summary>
/// <remarks>Bytes become Base64, times ISO 8601, keys texts, objects of Python dictionaries with their class under <c>__class__</c>;
/// numbers that JSON lacks become the texts <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c>, integers that Python does not write in digits
/// texts of hexadecimal ones. A value that holds itself ends in <c>null</c>. Each part is converted once, however often it is referred
/// to.</remarks>
internal sealed class ArtifactJson
{
    private const int DeepestNesting = 500;
    private const int MostBits = 14_284;

    /// <summary>The length up to which JSON is written however little its value takes: a list that holds another one twice, which holds
    /// another one twice, is short and its JSON is not.</summary>
    private const long LongestOfAny = 100_000_000;

    /// <summary>How many times as long as its parts, each counted once, longer JSON may be.</summary>
    private const int MostTimes = 4;

    private readonly HashSet<object> _open = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<object, (object? Result, long Length)> _known = new(ReferenceEqualityComparer.Instance);
    private long _parts;
    private long _length;

    /// <summary>Returns texts, numbers, booleans, <see langword="null"/>, lists and dictionaries of them.</summary>
    /// <exception cref="StorageException">MF4115: the JSON would be much longer than the value, whose parts are shared.</exception>
    public static object? Of(object? value)
    {
        var json = new ArtifactJson();
        var result = json.Convert(value);
        return json._length <= LongestOfAny || json._length / MostTimes <= json._parts ? result : throw TooLong(json._parts);
    }

    private static StorageException TooLong(long parts) => new(
        ErrorCodes.JsonTooLong,
        "A value is too long as JSON.",
        string.Create(
            CultureInfo.InvariantCulture,
            $"JSON repeats what several parts of a value share. About {parts} characters would become more than {LongestOfAny}."),
        "Write a pickle, which stores shared parts once: omit '--format'.");

    private object? Convert(object? value)
    {
        var result = value switch
        {
            null or bool or string => value,
            double number => Number(number),
            float number => Number(number),
            BigInteger number when number.GetBitLength() > MostBits => PythonRepr.Of(number),
            byte or sbyte or short or ushort or int or uint or long or ulong or BigInteger or decimal => value,
            byte[] bytes => System.Convert.ToBase64String(bytes),
            NumericArray { Shape.Count: 0 } single => Convert(single.GetValue(0)),
            IEnumerable or ITuple or PythonObject or NumericArray => Container(value),
            DateTime time => time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
            DateTimeOffset time => time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFzzz", CultureInfo.InvariantCulture),
            DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            TimeOnly time => time.ToString("HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
            TimeSpan span => span.TotalSeconds,
            Guid id => id.ToString(),
            _ => PythonRepr.Of(value),
        };
        Count(result is string text ? text.Length + 2L : 1);
        return result;
    }

    private static object Number(double number)
        => double.IsFinite(number) ? number : double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";

    private void Count(long characters)
    {
        _parts += characters;
        _length += characters;
    }

    private object? Container(object value)
    {
        if (_known.TryGetValue(value, out var known))
        {
            // More than can be counted is more than is written.
            _length = Math.Min(_length + known.Length, long.MaxValue / 2);
            return known.Result;
        }

        if (_open.Count == DeepestNesting || !_open.Add(value))
        {
            return null;
        }

        var before = _length;
        object result = value switch
        {
            IDictionary entries => Entries(entries),
            ITuple tuple => Enumerable.Range(0, tuple.Length).Select(i => Convert(tuple[i])).ToArray(),
            NumericArray array => Enumerable.Range(0, (int)array.Shape[0]).Select(i => Convert(array.GetItem(i))).ToArray(),
            PythonObject instance => Instance(instance),
            _ => ((IEnumerable)value).Cast<object?>().Select(Convert).ToArray(),
        };
        _open.Remove(value);
        _known[value] = (result, _length - before);
        return result;
    }

    private Dictionary<string, object?> Entries(IDictionary entries)
    {
        var result = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in entries)
        {
            var key = entry.Key as string ?? PythonRepr.Of(entry.Key);
            Count(key.Length);
            result[key] = Convert(entry.Value);
        }

        return result;
    }

    private Dictionary<string, object?> Instance(PythonObject instance)
    {
        var result = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["__class__"] = instance.Module is "builtins" or "" ? instance.Name : $"{instance.Module}.{instance.Name}",
        };
        foreach (var (name, value) in instance.Fields)
        {
            result[name] = Convert(value);
        }

        if (instance.Fields.Count == 0)
        {
            result["__args__"] = instance.Arguments.Select(Convert).ToArray();
        }

        return result;
    }
}
