using System.Globalization;
using Metaflow.Cli.Terminal;
using Metaflow.Commands;
using Metaflow.Definition;
using Metaflow.Graph;
using Metaflow.Settings;

namespace Metaflow.Cli.Commands;

/// <summary>Checks a flow and prints what is wrong with it.</summary>
internal static class Validation
{
    /// <summary>Says which settings look misspelt.</summary>
    public static void WarnOfSettings(FlowContext context)
    {
        foreach (var warning in SettingTable.Mistyped(context.Settings))
        {
            context.Say($"Warning: {warning}");
        }
    }

    /// <summary>Checks the flow.</summary>
    /// <param name="context">The command's context.</param>
    /// <param name="showWarnings">Whether problems that do not stop a run are printed.</param>
    /// <param name="more">Problems that were found elsewhere; none by default.</param>
    /// <returns>Whether the flow can run.</returns>
    public static bool Check(FlowContext context, bool showWarnings = true, IReadOnlyList<GraphProblem>? more = null)
    {
        context.Say("Validating your flow...");
        GraphProblem[] problems = [.. context.Problems(), .. more ?? []];
        var errors = problems.Count(static problem => problem.Severity == ProblemSeverity.Error);
        foreach (var problem in problems.Where(problem => showWarnings || problem.Severity == ProblemSeverity.Error))
        {
            Write(context, problem);
        }

        if (errors == 0)
        {
            context.Say("    The graph looks good!");
            return true;
        }

        context.Streams.Error.WriteLine(errors == 1
            ? "    1 error was found; the flow cannot run."
            : string.Create(CultureInfo.InvariantCulture, $"    {errors} errors were found; the flow cannot run."));
        return false;
    }

    private static void Write(FlowContext context, GraphProblem problem)
    {
        var isError = problem.Severity == ProblemSeverity.Error;
        if (!isError && context.IsQuiet)
        {
            return;
        }

        var kind = isError ? new StyledText("error", TextStyle.Failure) : "warning";
        var where = problem.Step is null ? "" : $" in step '{problem.Step}'";
        var file = problem.SourceFile.Length == 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $" ({Path.GetFileName(problem.SourceFile)}:{problem.Line})");
        new StyledWriter(context.Streams.Error, context.Streams.ErrorIsRich)
            .WriteLine($"    {problem.Code} ", kind, $"{where}{file}: {problem.Message}");
    }
}
