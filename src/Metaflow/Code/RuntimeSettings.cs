using System.Reflection;
using System.Text.Json;

namespace Metaflow.Code;

/// <summary>Reads the switches that a program is built with (<c>AppContext</c>, invariant globalization and others), which change what the
/// same code does.</summary>
internal static class RuntimeSettings
{
    private static readonly Lazy<string> OfThisProgram = new(static () => Read(PathOfProgram()));

    /// <summary>Gets the switches of the program that runs.</summary>
    public static string Current => OfThisProgram.Value;

    /// <summary>Reads the switches of a program.</summary>
    /// <param name="path">The path of its <c>runtimeconfig.json</c>.</param>
    /// <returns>A text that changes when one of them does; empty when there are none.</returns>
    public static string Read(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(
                File.ReadAllBytes(path),
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return json.RootElement.TryGetProperty("runtimeOptions", out var options)
                && options.TryGetProperty("configProperties", out var switches)
                ? string.Join(
                    '\n',
                    switches.EnumerateObject().Select(static pair => $"{pair.Name}={pair.Value.GetRawText()}")
                        .Order(StringComparer.Ordinal))
                : "";
        }
        catch (Exception error)
            when (error is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or ArgumentException)
        {
            // A program that is one file holds its switches; they are then as old as its code.
            return "";
        }
    }

    private static string PathOfProgram()
        => Path.Combine(AppContext.BaseDirectory, (Assembly.GetEntryAssembly()?.GetName().Name ?? "") + ".runtimeconfig.json");
}
