using System.Numerics;
using System.Text;

namespace Metaflow.Serialization;

/// <summary>The Python classes whose instances have a .NET type of their own.</summary>
internal static class PythonTypes
{
    private const string GuidState = "int";

    public static PythonClass Class(string module, string name) => new(
        module switch { "__builtin__" => "builtins", "copy_reg" => "copyreg", _ => module },
        (module, name) switch
        {
            ("__builtin__", "unicode") => "str",
            ("__builtin__", "long") => "int",
            ("__builtin__", "xrange") => "range",
            _ => name,
        });

    /// <summary>Returns what <c>cls.__new__</c> makes.</summary>
    public static object New(PythonClass type, PythonTuple arguments) => type switch
    {
        { Module: "numpy", Name: "ndarray" } => new NumericArray(NumericType.OfElement(typeof(double))!, [0], default),
        _ => new PythonObject(type.Module, type.Name, arguments),
    };

    /// <summary>Calls a class or function where that is known to make a plain value.</summary>
    public static bool TryCall(PythonClass type, PythonTuple arguments, out object? value)
    {
        value = type.Module switch
        {
            "builtins" => Builtin(type.Name, arguments),
            "datetime" => PythonTimes.Call(type.Name, arguments),
            "collections" => Collection(type.Name, arguments),
            "copyreg" => Reconstructed(type.Name, arguments),
            "decimal" => type.Name == "Decimal" && arguments is [string text] ? PythonDecimal.Parse(text) : null,
            "_codecs" => type.Name == "encode" && arguments is [string letters, "latin1" or "latin-1", ..] ? Latin1(letters) : null,
            _ => type.Module.StartsWith("numpy", StringComparison.Ordinal) ? NumPy(type, arguments) : null,
        };
        return value is not null;
    }

    /// <summary>Turns an instance whose state was set into the value it stands for.</summary>
    public static bool TryFinish(PythonObject instance, out object? value)
    {
        value = null;
        if (instance is { Module: "uuid", Name: "UUID", State: Dictionary<object, object?> fields }
            && fields.TryGetValue(GuidState, out var number))
        {
            value = ToGuid(number);
        }

        return value is not null;
    }

    private static Guid? ToGuid(object? number)
    {
        BigInteger? value = number switch { long small => small, BigInteger big => big, _ => null };
        if (value is not { Sign: >= 0 } id || id.GetByteCount(isUnsigned: true) > 16)
        {
            return null;
        }

        var bytes = new byte[16];
        var length = id.GetByteCount(isUnsigned: true);
        id.TryWriteBytes(bytes.AsSpan(16 - length), out _, isUnsigned: true, isBigEndian: true);
        return new Guid(bytes, bigEndian: true);
    }

    private static object? Builtin(string name, PythonTuple arguments) => (name, arguments) switch
    {
        ("complex", [double real, double imaginary]) => new Complex(real, imaginary),
        ("bytearray" or "bytes", []) => Array.Empty<byte>(),
        ("bytearray", [byte[] bytes]) => bytes,
        ("bytearray", [string text, "latin-1" or "latin1"]) => Latin1(text),
        ("set" or "frozenset", []) => new HashSet<object?>(PythonEquality.Instance),
        ("set" or "frozenset", [List<object?> items]) => new HashSet<object?>(items, PythonEquality.Instance),
        _ => null,
    };

    private static object? Collection(string name, PythonTuple arguments) => (name, arguments) switch
    {
        ("OrderedDict" or "defaultdict", { Count: 0 or 1 }) when arguments is not [List<object?>] =>
            new Dictionary<object, object?>(PythonEquality.Instance),
        ("OrderedDict", [List<object?> pairs]) => FromPairs(pairs),
        ("Counter", [Dictionary<object, object?> counts]) => counts,
        ("deque", { Count: 0 } or [PythonTuple { Count: 0 } or List<object?> { Count: 0 }, ..]) => new List<object?>(),
        ("deque", [List<object?> items, ..]) => items,
        _ => null,
    };

    private static Dictionary<object, object?>? FromPairs(List<object?> pairs)
    {
        var dictionary = new Dictionary<object, object?>(PythonEquality.Instance);
        foreach (var pair in pairs)
        {
            if (pair is not IReadOnlyList<object?> { Count: 2 } entry)
            {
                return null;
            }

            dictionary[entry[0] ?? DBNull.Value] = entry[1];
        }

        return dictionary;
    }

    private static object? Reconstructed(string name, PythonTuple arguments) => (name, arguments) switch
    {
        ("_reconstructor", [PythonClass type, PythonClass { Name: "object" }, null]) => New(type, new PythonTuple()),
        ("_reconstructor", [PythonClass type, PythonClass, var content]) => new PythonObject(type.Module, type.Name, [content]),
        ("__newobj__", [PythonClass type, ..]) => New(type, new PythonTuple([.. arguments.Skip(1)])),
        _ => null,
    };

    private static object? NumPy(PythonClass type, PythonTuple arguments) => (type.Name, arguments) switch
    {
        ("_reconstruct", [PythonClass, ..]) => New(new PythonClass("numpy", "ndarray"), arguments),
        ("dtype", [string code, ..]) => NumericType.FromCode(code),
        ("dtype", [PythonClass { Name: "record" or "void" }, ..]) => NumericType.FromCode("V"),
        ("scalar", [NumericType element, byte[] bytes]) => Scalar(element, bytes),
        ("scalar", [NumericType element, string text]) => Scalar(element, Latin1(text)!),
        ("_frombuffer", [byte[] bytes, NumericType element, var shape, var order]) =>
            NumericShape.Create(element, shape, order is "F", bytes),
        ("ndarray", [var shape, string code, byte[] bytes]) =>
            NumericType.FromCode(code) is { } element ? NumericShape.Create(element, shape, false, bytes) : null,
        ("ndarray", [var shape, NumericType element, byte[] bytes]) => NumericShape.Create(element, shape, false, bytes),
        _ => null,
    };

    private static object? Scalar(NumericType type, byte[] bytes)
        => bytes.Length == type.ItemSize && type.ItemSize > 0 ? type.Read(bytes) : null;

    private static byte[]? Latin1(string text) => text.All(letter => letter <= byte.MaxValue) ? Encoding.Latin1.GetBytes(text) : null;
}
