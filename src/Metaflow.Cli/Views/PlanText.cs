using System.Globalization;
using Metaflow.Running;

namespace Metaflow.Cli.Views;

/// <summary>Says in lines, and as data, what a resume clones and what it runs.</summary>
internal static class PlanText
{
    private const int MostTasksNamed = 3;

    /// <summary>Returns the lines of a plan.</summary>
    public static IEnumerable<string> Lines(ResumePlan plan)
    {
        yield return $"Resuming {plan.FlowName}/{plan.OriginRunId}:";
        if (plan.ChangedParameters.Count > 0)
        {
            yield return $"    changed parameters: {string.Join(", ", plan.ChangedParameters)}";
        }

        var width = plan.Steps.Select(static step => step.Step.Length).DefaultIfEmpty().Max();
        foreach (var step in plan.Steps)
        {
            yield return $"    {step.Step.PadRight(width)}  {string.Join("; ", Parts(step))}";
        }

        if (plan.Steps.Any(static step => step.IsCodeChanged))
        {
            yield return "    Tasks are cloned although their code changed; --rerun-changed runs them again.";
        }
    }

    /// <summary>Returns a plan as plain data.</summary>
    public static IReadOnlyDictionary<string, object?> Data(ResumePlan plan) => new Dictionary<string, object?>
    {
        ["flow"] = plan.FlowName,
        ["origin_run_id"] = plan.OriginRunId,
        ["changed_parameters"] = plan.ChangedParameters.Cast<object?>().ToList(),
        ["steps"] = plan.Steps.Select(static object? (step) => new Dictionary<string, object?>
        {
            ["step"] = step.Step,
            ["cloned"] = step.Cloned,
            ["code_changed"] = step.IsCodeChanged,
            ["follows_reruns"] = step.FollowsReruns,
            ["depends_on_switch"] = step.DependsOnSwitch,
            ["left_out"] = step.IsLeftOut,
            ["reruns"] = step.Reruns.Select(static object? (rerun) => new Dictionary<string, object?>
            {
                ["reason"] = rerun.Reason,
                ["tasks"] = rerun.Tasks.Cast<object?>().ToList(),
            }).ToList(),
        }).ToList(),
    };

    private static IEnumerable<string> Parts(PlannedStep step)
    {
        if (step.Cloned > 0)
        {
            yield return Count(step.Cloned) + " cloned" + (step.IsCodeChanged ? " (code changed)" : "");
        }

        var verb = step.IsLeftOut ? "left out" : "to run";
        foreach (var rerun in step.Reruns)
        {
            var named = rerun.Tasks is [var only] && only == step.Step
                ? ""
                : $" ({string.Join(", ", rerun.Tasks.Take(MostTasksNamed))}{(rerun.Tasks.Count > MostTasksNamed ? ", …" : "")})";
            yield return $"{Count(rerun.Tasks.Count)} {verb}{named}: {ReasonOf(rerun)}";
        }

        if (step.FollowsReruns)
        {
            var more = step.Reruns.Count > 0 ? "more " : "";
            yield return step.DependsOnSwitch
                ? $"{more}{(step.IsLeftOut ? verb : "may run")}: depends on a switch that runs again"
                : $"{more}{verb}: after tasks that run again";
        }
    }

    // Reasons speak of one task.
    private static string ReasonOf(PlannedRerun rerun) => rerun.Tasks.Count == 1 ? rerun.Reason : rerun.Reason switch
    {
        ['i', 't', ' ', ..] => "they" + rerun.Reason[2..],
        ['i', 't', 's', ' ', ..] => "their" + rerun.Reason[3..],
        [.. var start, ' ', 'i', 't'] => start + " them",
        var reason => reason,
    };

    private static string Count(int tasks) => tasks == 1 ? "1 task" : string.Create(CultureInfo.InvariantCulture, $"{tasks} tasks");
}
