using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using Metaflow.Serialization;

namespace Metaflow.Cli.Values;

/// <summary>Types of C# as texts: as a flow declares them, or found from values that were read as plain data.</summary>
internal static class TypeText
{
    private const int MostLookedAt = 1000;
    private const int DeepestNesting = 4;
    private const string Unknown = "object";

    /// <summary>Returns the C# type that holds a value.</summary>
    /// <param name="value">Plain data.</param>
    public static string Of(object? value) => Of(value, 0);

    /// <summary>Returns the type of the items of a collection, of the values of a dictionary.</summary>
    /// <param name="type">A type as it is written, or <see langword="null"/> when it is unknown.</param>
    /// <returns>The type, or <see langword="null"/> when it is unknown.</returns>
    public static string? ItemOf(string? type)
    {
        var text = type?.TrimEnd('?');
        if (text is null)
        {
            return null;
        }

        if (text.EndsWith(']'))
        {
            return text[..text.LastIndexOf('[')];
        }

        return text.EndsWith('>') ? LastArgument(text) : null;
    }

    /// <summary>Returns whether a type is a dictionary.</summary>
    /// <param name="type">A type as it is written.</param>
    public static bool IsDictionary(string type)
        => (type.IndexOf('<', StringComparison.Ordinal) is > 0 and var end ? type[..end] : type)
            .EndsWith("Dictionary", StringComparison.Ordinal);

    private static string LastArgument(string text)
    {
        var depth = 0;
        var from = text.IndexOf('<', StringComparison.Ordinal) + 1;
        for (var i = from; i < text.Length - 1; i++)
        {
            depth += text[i] is '<' or '(' or '[' ? 1 : text[i] is '>' or ')' or ']' ? -1 : 0;
            from = depth == 0 && text[i] == ',' ? i + 1 : from;
        }

        return text[from..^1].Trim();
    }

    private static string Of(object? value, int depth) => value switch
    {
        null => Unknown + "?",
        bool => "bool",
        string => "string",
        byte or sbyte or short or ushort or int => "int",
        uint or long => value is long and (> int.MaxValue or < int.MinValue) ? "long" : "int",
        ulong => "ulong",
        float => "float",
        double => "double",
        decimal => "decimal",
        BigInteger or Complex or DateTime or DateTimeOffset or DateOnly or TimeOnly or TimeSpan or Guid => value.GetType().Name,
        byte[] => "byte[]",
        NumericArray { Shape.Count: 0 } single => Of(single.GetValue(0), depth),
        NumericArray array => $"{ItemsOf(array, depth)}[{new string(',', array.Shape.Count - 1)}]",
        PythonObject instance => StepFailureEncoding.FromPython(instance) is null ? ClassOf(instance) : nameof(StepFailure),
        _ when depth == DeepestNesting => Unknown,
        IDictionary entries => $"Dictionary<{Common(entries.Keys, depth)}, {Common(entries.Values, depth)}>",
        ITuple tuple => Tuple(Enumerable.Range(0, tuple.Length).Select(i => tuple[i]), depth),
        PythonTuple tuple => Tuple(tuple, depth),
        HashSet<object?> set => $"HashSet<{Common(set, depth)}>",
        IEnumerable items => $"List<{Common(items, depth)}>",
        _ => value.GetType().Name,
    };

    /// <summary>Returns the name of a Python class.</summary>
    /// <param name="instance">An object of it.</param>
    public static string ClassOf(PythonObject instance)
        => instance.Module is "builtins" or "" or "__main__" ? instance.Name : $"{instance.Module}.{instance.Name}";

    private static string ItemsOf(NumericArray array, int depth)
        => array.Length == 0 ? Unknown
            : Common(Enumerable.Range(0, (int)Math.Min(array.Length, MostLookedAt)).Select(i => array.GetValue(i)), depth);

    private static string Tuple(IEnumerable<object?> items, int depth)
    {
        var types = items.Take(MostLookedAt).Select(item => Of(item, depth + 1)).ToList();
        return types.Count < 2
            ? string.Create(CultureInfo.InvariantCulture, $"ValueTuple<{string.Concat(types)}>")
            : $"({string.Join(", ", types)})";
    }

    // The type that holds all of them: of whole numbers and others the wider one.
    private static string Common(IEnumerable values, int depth)
    {
        string? common = null;
        var hasNull = false;
        foreach (var value in values.Cast<object?>().Take(MostLookedAt))
        {
            if (value is null)
            {
                hasNull = true;
                continue;
            }

            var type = Of(value, depth + 1);
            common = common is null || common == type ? type : Wider(common, type);
        }

        return common is null ? Unknown + (hasNull ? "?" : "") : hasNull ? common + "?" : common;
    }

    private static string Wider(string one, string other) => (one, other) switch
    {
        ("int", "long" or "double") => other,
        ("long" or "double", "int") => one,
        _ => Unknown,
    };
}
