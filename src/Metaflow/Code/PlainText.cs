using System.Collections;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Metaflow.Code;

/// <summary>Writes decorators as texts that are the same in every process.</summary>
internal static class PlainText
{
    /// <summary>Writes a decorator.</summary>
    /// <param name="decorator">The decorator.</param>
    /// <returns>Its name and its attributes.</returns>
    public static string Of(DecoratorAttribute decorator)
        => decorator.DecoratorName + "(" + string.Join(";", decorator.ToData().Select(static pair => $"{pair.Key}={Value(pair.Value)}"))
            + ")";

    /// <summary>Returns a short digest of texts.</summary>
    /// <param name="texts">The texts.</param>
    /// <returns>16 hexadecimal digits.</returns>
    public static string Digest(IEnumerable<string> texts)
        => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(string.Join('\n', texts).AsSpan())))[..16];

    private static string Value(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text.Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
        IDictionary map =>
            "{" + string.Join(";", map.Keys.Cast<object>().Select(key => $"{Value(key)}:{Value(map[key])}").Order(StringComparer.Ordinal))
                + "}",
        IEnumerable items => "[" + string.Join(";", items.Cast<object?>().Select(Value)) + "]",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
