using System.Collections;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Metaflow.Serialization;

/// <summary>Types of values as Python has them: for messages, and for the records of artifacts.</summary>
internal static class PythonTypeName
{
    /// <summary>The most bits of an integer that is written out: its digits take the square of their number to be found.</summary>
    private const int LongestInteger = 1024;

    /// <summary>Returns what a plain value is, for an error: its Python type, with the value where that is short.</summary>
    public static string OfPlain(object? value) => value switch
    {
        null => "None",
        BigInteger big when big.GetBitLength() > LongestInteger =>
            string.Create(CultureInfo.InvariantCulture, $"the int of {big.GetBitLength()} bits"),
        bool or long or double or BigInteger => $"the {PythonName(value)} {Convert.ToString(value, CultureInfo.InvariantCulture)}",
        string { Length: <= 40 } text => $"the str '{text}'",
        ICollection items => $"a {PythonName(value)} of {items.Count} items",
        PythonObject { Module: "datetime", Name: "datetime", Arguments: [_, { } zone] } =>
            $"a datetime.datetime in the time zone {PythonZones.NameOf(zone)}, whose offset at that time is not known "
                + "('.astimezone(timezone.utc)' stores the same time without a rule)",
        PythonObject { Module: "builtins", Name: "getattr", Arguments: [PythonClass owner, string member, ..] } =>
            $"the attribute '{member}' of the class {owner}",
        PythonObject { Module: "numpy" or "numpy.core.multiarray" or "numpy._core.multiarray" } array when HasLongDouble(array) =>
            "a numpy.longdouble or an array of it, whose bytes do not say which machine's format they have ('.astype(float)' stores "
                + "the nearest doubles)",
        NumericArray array => array.Describe(),
        _ => $"a {PythonName(value)}",
    };

    private static bool HasLongDouble(PythonObject array) => array.Arguments.Concat(array.State as PythonTuple ?? []).OfType<PythonObject>()
        .Any(static type => type is { Name: "dtype", Arguments: [string { Length: > 2 } code, ..] }
            && code.TrimStart('<', '>') is "f16" or "f12" or "c32" or "c24");

    /// <summary>Returns the type of a value as Python prints it once the value is stored.</summary>
    public static string ForRecord(object? value) => $"<class '{PythonName(value)}'>";

    private static string PythonName(object? value) => value switch
    {
        null or DBNull => "NoneType",
        bool => "bool",
        string or char or Rune or Enum or Uri or Version or StringBuilder or IPAddress or FileInfo or DirectoryInfo => "str",
        double or float or Half => "float",
        decimal => "decimal.Decimal",
        byte[] when value.GetType() == typeof(byte[]) => "bytes",
        Guid => "uuid.UUID",
        DateTime or DateTimeOffset => "datetime.datetime",
        DateOnly => "datetime.date",
        TimeOnly => "datetime.time",
        TimeSpan => "datetime.timedelta",
        Complex => "complex",
        NumericArray => "numpy.ndarray",
        NumericType => "numpy.dtype",
        PythonClass => "type",
        PythonObject instance => new PythonClass(instance.Module, instance.Name).ToString(),
        StepFailure => StepFailureEncoding.ClassName,
        IPythonForm form => PythonName(form.ToPython()),
        PythonTuple or ITuple => "tuple",
        JsonElement or JsonDocument or JsonNode => OfJson(JsonForm.ElementOf(value)),
        Array array => NumericType.OfElement(array.GetType().GetElementType()!) is null ? "list" : "numpy.ndarray",
        _ => OfOther(value),
    };

    private static string OfJson(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "dict",
        JsonValueKind.Array => "list",
        JsonValueKind.String => "str",
        JsonValueKind.Number => PythonName(JsonForm.Number(element)),
        JsonValueKind.Null => "NoneType",
        _ => "bool",
    };

    private static string OfOther(object value)
    {
        var type = value.GetType();
        if (type.IsPrimitive || value is BigInteger or Int128 or UInt128)
        {
            return "int";
        }

        return TypeShape.Of(type).Kind switch
        {
            ShapeKind.Set => PythonHashing.AreHashable((IEnumerable)value) ? "set" : "list",
            ShapeKind.Sequence => "list",
            ShapeKind.Pair => "tuple",
            ShapeKind.Dictionary => DictionaryEntries.AreKeysHashable(value) ? "dict" : "list",
            _ => "dict",
        };
    }
}
