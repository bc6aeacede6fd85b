using Metaflow.Environments.Checks;
using Metaflow.Errors;
using Metaflow.Graph;

namespace Metaflow.StepEnvironments;

/// <summary>Says what is known to go wrong when a step runs with its packages.</summary>
internal static class PackageWarnings
{
    private const int MostMembers = 5;

    /// <summary>Returns the warnings of a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="flow">The flow's class.</param>
    /// <param name="checks">What is known of the program with these packages.</param>
    /// <returns>The warnings. What the step cannot come to does not count.</returns>
    public static IEnumerable<GraphProblem> Of(StepNode step, FlowClass flow, ProgramChecks checks)
    {
        var name = FlowCode.StepName(flow.Name, step.MethodName);
        var missing = checks.MissingMembers.Where(member => member.Steps.Contains(name));
        foreach (var assembly in missing.GroupBy(static member => (member.Assembly, member.CompiledAgainst, member.Locked)))
        {
            var members = assembly.Select(static member => $"'{member.Member}'").ToList();
            var more = members.Count > MostMembers ? $" and {members.Count - MostMembers} more" : "";
            yield return Problem(
                step,
                ErrorCodes.MembersMissing,
                $"Step '{step.Name}' runs with {assembly.Key.Assembly} {assembly.Key.Locked}, which lacks what the flow uses.",
                $"The flow was compiled against version {assembly.Key.CompiledAgainst}, which has "
                    + $"{string.Join(", ", members.Take(MostMembers))}{more}.",
                "The step fails when it comes to such a call. Choose a version that has them, or do not call them in this step.");
        }

        foreach (var assembly in checks.IgnoredPackages)
        {
            yield return Problem(
                step,
                ErrorCodes.PackageIgnored,
                $"Step '{step.Name}' does not run with {assembly.Package} {assembly.Version}.",
                $"The runtime has a newer '{assembly.Assembly}', version {assembly.FrameworkVersion}, and loads its own.",
                "Remove the package from the step, or choose a newer version of it.");
        }
    }

    /// <summary>Returns the warning of a step whose packages are not here.</summary>
    /// <param name="step">The step.</param>
    /// <returns>The warning.</returns>
    public static GraphProblem NotCompared(StepNode step) => Problem(
        step,
        ErrorCodes.PackagesNotCompared,
        $"The flow was not compared with the packages of step '{step.Name}'.",
        "They are not resolved yet, or not unpacked on this machine.",
        "Run 'environment resolve', which does both and compares.");

    private static GraphProblem Problem(StepNode step, string code, string what, string why, string fix)
        => new(code, ProblemSeverity.Warning, what, why, fix, step.Name, step.Line, step.SourceFile);
}
