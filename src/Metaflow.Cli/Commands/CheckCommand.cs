using Metaflow.Cli.Parsing;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Running;

namespace Metaflow.Cli.Commands;

/// <summary>Checks the flow, and says what to type next.</summary>
internal sealed class CheckCommand : Command<FlowContext>
{
    private const string Warnings = "warnings";

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Check that the flow is valid (default).",
        Options =
        [
            new() { Name = Warnings, Opposite = "no-warnings", Description = "Print warnings too.", Default = Warnings },
            JsonOutput.Option,
        ],
        Examples = ["check", "check --no-warnings"],
    };

    /// <inheritdoc/>
    public override void CheckInput(FlowContext context) => RunCommand.CheckDecorators(context, context.Line.All(FlowContext.WithOption));

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(FlowContext context)
    {
        var showWarnings = context.Line.Text(Warnings) is null || context.Line.Flag(Warnings);
        var ofPackages = await context.Application.CheckPackagesAsync(
            context.Line.All(FlowContext.WithOption), context.Streams.WorkingFolder).ConfigureAwait(false);
        if (JsonOutput.IsWanted(context))
        {
            var problems = context.Problems().Concat(ofPackages).Where(problem => showWarnings || problem.Severity == ProblemSeverity.Error).ToList();
            JsonOutput.Write(context, problems.Select(ToData).ToArray());
            return problems.Exists(static problem => problem.Severity == ProblemSeverity.Error) ? ExitCodes.Failure : ExitCodes.Success;
        }

        if (showWarnings)
        {
            Validation.WarnOfSettings(context);
        }

        if (!Validation.Check(context, showWarnings, ofPackages))
        {
            return ExitCodes.Failure;
        }

        var invocation = context.Application.Invocation;
        context.Say("");
        context.Say($"'{invocation} show' shows the steps of this flow.");
        context.Say($"'{invocation} run' runs it.");
        context.Say($"'{invocation} help' lists all commands.");
        return ExitCodes.Success;
    }

    private static Dictionary<string, object?> ToData(GraphProblem problem) => new()
    {
        ["code"] = problem.Code,
        ["severity"] = problem.Severity == ProblemSeverity.Error ? "error" : "warning",
        ["message"] = problem.Message,
        ["step"] = problem.Step,
        ["file"] = problem.SourceFile,
        ["line"] = problem.Line,
    };
}
