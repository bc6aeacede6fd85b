using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using Metaflow.Serialization;

namespace Metaflow.Cli.Commands;

/// <summary>Turns values of artifacts into what JSON can say.</summary>
/// <remarks>Bytes become Base64, times ISO 8601, keys texts, objects of Python dictionaries with their class under <c>__class__</c>; numbers that
/// JSON lacks become the texts <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c>. A value that holds itself ends in <c>null</c>.</remarks>
internal sealed class PlainJson
{
    private const int DeepestNesting = 500;
    private readonly HashSet<object> _open = new(ReferenceEqualityComparer.Instance);

    /// <summary>Returns texts, numbers, booleans, <see langword="null"/>, lists and dictionaries of them.</summary>
    public static object? Of(object? value) => new PlainJson().Convert(value);

    private object? Convert(object? value) => value switch
    {
        null or bool or string => value,
        double number => Number(number),
        float number => Number(number),
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

    private static object Number(double number)
        => double.IsFinite(number) ? number : double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";

    private object? Container(object value)
    {
        if (_open.Count == DeepestNesting || !_open.Add(value))
        {
            return null;
        }

        object result = value switch
        {
            IDictionary entries => Entries(entries),
            ITuple tuple => Enumerable.Range(0, tuple.Length).Select(i => Convert(tuple[i])).ToArray(),
            NumericArray array => Enumerable.Range(0, (int)array.Shape[0]).Select(i => Convert(array.GetItem(i))).ToArray(),
            PythonObject instance => Instance(instance),
            _ => ((IEnumerable)value).Cast<object?>().Select(Convert).ToArray(),
        };
        _open.Remove(value);
        return result;
    }

    private Dictionary<string, object?> Entries(IDictionary entries)
    {
        var result = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in entries)
        {
            result[entry.Key as string ?? PythonRepr.Of(entry.Key)] = Convert(entry.Value);
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
