using System.Text.Json;
using System.Text.RegularExpressions;

namespace Metaflow.Python.Conda.Programs;

/// <summary>How a run of a program ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">The lines of its output, which is JSON.</param>
/// <param name="Errors">The lines that it printed for people.</param>
internal sealed partial record ProgramOutcome(int ExitCode, IReadOnlyList<string> Output, IReadOnlyList<string> Errors)
{
    private const int MostLines = 40;

    // What the three programs call a request that nothing satisfies, or a name that no channel has.
    private static readonly string[] Unsatisfiable =
        ["Unsatisfiable", "PackagesNotFound", "ResolvePackageNotFound", "NoPackagesFound", "SpecsConfigurationConflict"];

    /// <summary>Reads the output.</summary>
    /// <returns>The JSON; <see langword="null"/> if it is none.</returns>
    public JsonDocument? ReadJson()
    {
        // A program may greet first, or say something at the end.
        var first = Output.TakeWhile(static line => !line.StartsWith('{')).Count();
        var end = Output.Count - Output.Reverse().TakeWhile(static line => !line.TrimEnd().EndsWith('}')).Count();
        try
        {
            return first < end ? JsonDocument.Parse(string.Join('\n', Output.Skip(first).Take(end - first))) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Says whether the program found that nothing satisfies the request.</summary>
    /// <param name="answer">The output.</param>
    /// <returns>Whether it did.</returns>
    public bool IsUnsatisfiable(JsonElement? answer)
        => Problems(answer).Count > 0
            || Unsatisfiable.Any(name => Text(answer, "exception_name").Contains(name, StringComparison.Ordinal))
            || Errors.Any(static line => line.Contains("Could not solve for environment", StringComparison.Ordinal));

    /// <summary>Returns what the program says of its failure.</summary>
    /// <param name="answer">The output.</param>
    /// <returns>Lines for people; none if it says nothing.</returns>
    public IReadOnlyList<string> Explain(JsonElement? answer)
    {
        var message = Text(answer, "message") is { Length: > 0 } text ? text : Text(answer, "error");
        var lines = message.Length > 0 ? message.Split('\n') : Errors.Where(static line => !IsNoise().IsMatch(line));
        List<string> said = [.. Shown(lines)];
        if (said.Count == 0)
        {
            said = [.. Shown(Problems(answer))];
        }

        // Without any explanation, whatever it printed is better than nothing.
        return said.Count > 0 ? said : [.. Shown(Errors.Concat(answer is null ? Output : []).TakeLast(5))];
    }

    private static IEnumerable<string> Shown(IEnumerable<string> lines)
        => lines.SelectMany(static line => line.Split('\n'))
            .Select(static line => IsPrefix().Replace(Control().Replace(line, ""), "").TrimEnd())
            .Where(static line => line.Length > 0).Take(MostLines);

    private static IReadOnlyList<string> Problems(JsonElement? answer)
        => answer is not { ValueKind: JsonValueKind.Object } json || !json.TryGetProperty("solver_problems", out var problems) ? []
            : problems.ValueKind == JsonValueKind.String ? [problems.GetString()!]
            : problems.ValueKind != JsonValueKind.Array ? []
            : [.. problems.EnumerateArray().Select(static problem => problem.ToString())];

    private static string Text(JsonElement? answer, string name)
        => answer is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    // The lines that mamba ends with or warns with; they explain nothing.
    [GeneratedRegex(@"^\s*(critical|warning|info|debug|trace)\s+(libmamba|mamba)\b")]
    private static partial Regex IsNoise();

    [GeneratedRegex(@"^\s*(error|critical|warning)\s+(libmamba|mamba)\s+")]
    private static partial Regex IsPrefix();

    // Colours, and what else moves in a terminal.
    [GeneratedRegex(@"\u001b\[[0-9;?]*[A-Za-z]|[\u0000-\u0008\u000b-\u001f]")]
    private static partial Regex Control();
}
