using System.Diagnostics;

namespace Metaflow.Scenarios.Tests;

/// <summary>The tool, as a process of its own.</summary>
internal static class ToolProgram
{
    /// <summary>The assembly of the tool.</summary>
    public static readonly string File = Path.Combine(
        AppContext.BaseDirectory.Replace("tests/Metaflow.Scenarios.Tests", "src/Metaflow.Tool", StringComparison.Ordinal),
        "Metaflow.Tool.dll");

    /// <summary>Starts a command of the tool.</summary>
    public static FlowProcess StartTool(this Workplace place, params string[] arguments)
        => place.Start(new ProcessStartInfo("dotnet", ["exec", File]), "", arguments);

    /// <summary>Runs a command of the tool whose questions get answers.</summary>
    public static async Task<CommandOutcome> AnswerToolAsync(this Workplace place, string answers, params string[] arguments)
    {
        var start = new ProcessStartInfo("sh", ["-c", "printf '%s' \"$ANSWERS\" | \"$0\" \"$@\"", "dotnet", "exec", File]);
        start.Environment["ANSWERS"] = answers;
        using var process = place.Start(start, "", arguments);
        return await process.EndAsync();
    }

    /// <summary>Runs a command of the tool.</summary>
    public static async Task<CommandOutcome> RunToolAsync(this Workplace place, params string[] arguments)
    {
        using var process = place.StartTool(arguments);
        return await process.EndAsync();
    }
}
