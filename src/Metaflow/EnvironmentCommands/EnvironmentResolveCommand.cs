using Metaflow.Cli.Commands;
using Metaflow.Commands;
using Metaflow.Environments;
using Metaflow.Environments.Resolution;
using Metaflow.Environments.Storage;
using Metaflow.Errors;
using Metaflow.StepEnvironments;

namespace Metaflow.EnvironmentCommands;

/// <summary>Resolves the environments of the flow's steps before a run needs them.</summary>
internal sealed class EnvironmentResolveCommand : Command<FlowContext>
{
    private const string Alias = "alias";
    private const string Force = "force";
    private const string DryRun = "dry-run";
    private const string Arch = "arch";

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Find the packages of the steps, and store them.",
        Details = "Without STEP, the environments of all steps are resolved. What was resolved before is not resolved again. A run does "
            + "the same at its start.",
        Arguments = [FlowEnvironments.StepArgument],
        LastArgumentRepeats = true,
        Options =
        [
            new()
            {
                Name = Alias,
                ValueName = "name",
                IsRepeatable = true,
                Description = "Give the environment a name, such as 'team/training:v1'. Only if all steps named have the same environment.",
            },
            new() { Name = Force, Opposite = "no-force", Description = "Look for packages again, though the environment is known." },
            new() { Name = DryRun, Opposite = "no-dry-run", Description = "Print what would be used, and store nothing." },
            new()
            {
                Name = Arch,
                ValueName = "architecture",
                IsRepeatable = true,
                Choices = MachineKinds.All,
                Default = MachineKinds.OfThisMachine,
                Description = "Kind of machine to resolve for. May be given several times.",
            },
            JsonOutput.Option,
        ],
        Examples = ["environment resolve", "environment resolve train --alias team/training:v1", "environment resolve --force --dry-run"],
    };

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(FlowContext context)
    {
        var environments = FlowEnvironments.Open(context);
        List<EnvironmentName> names = [.. context.Line.All(Alias).Select(EnvironmentName.Parse)];
        var requirements = environments.Planner.Requirements(environments.Steps);
        if (requirements.Count == 0)
        {
            context.Say("No step asks for packages of its own.");
            return ExitCodes.Success;
        }

        foreach (var (step, requirement) in requirements.Where(static each => each.Value.FetchAtExecution == true))
        {
            context.Say($"Step '{step}' looks up '{requirement.Start}' when a task starts: there is nothing to resolve.");
        }

        var options = new ResolveOptions { IsForced = context.Line.Flag(Force), IsDryRun = context.Line.Flag(DryRun) };
        var architectures = context.Line.All(Arch) is { Count: > 0 } given ? given : [MachineKinds.OfThisMachine];
        var found = await environments.Planner.FindAsync(
            requirements, environments.Framework, architectures, options, context.Stopping).ConfigureAwait(false);
        await NameAsync(environments, found, names, options.IsDryRun, context.Stopping).ConfigureAwait(false);
        var here = found.Where(static each => each.Found.Environment.Id.Architecture == MachineKinds.OfThisMachine).ToList();
        if (!options.IsDryRun)
        {
            // So that a run starts at once, and what will fail is known.
            await environments.CreateAsync(here, context).ConfigureAwait(false);
        }

        await WriteAsync(context, environments, found).ConfigureAwait(false);
        return ExitCodes.Success;
    }

    private static async Task NameAsync(
        FlowEnvironments environments, IReadOnlyList<StepFound> found, List<EnvironmentName> names, bool isDryRun,
        CancellationToken cancellationToken)
    {
        if (names.Count == 0)
        {
            return;
        }

        var targets = found.Select(static each => each.Found.Environment)
            .DistinctBy(static environment => environment.Id.ToString()).ToList();
        if (targets is not [var only])
        {
            throw UsageErrors.InvalidValue(
                Alias, $"the steps have {targets.Count} different environments.", "Name one step whose environment gets the name.");
        }

        if (!isDryRun)
        {
            await environments.Workspace.Book.SetNamesAsync(only, names, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task WriteAsync(FlowContext context, FlowEnvironments environments, IReadOnlyList<StepFound> found)
    {
        var data = new Dictionary<string, object?>();
        foreach (var step in found.GroupBy(static each => each.Step))
        {
            var byArchitecture = new Dictionary<string, object?>();
            foreach (var each in step)
            {
                var environment = each.Found.Environment;
                var view = await environments.ViewAsync(environment, context.Stopping).ConfigureAwait(false);
                if (!JsonOutput.IsWanted(context))
                {
                    context.Streams.Out.WriteLine($"Step {step.Key}: {(each.Found.IsNew ? "resolved now" : "known")}");
                    foreach (var line in view.Lines())
                    {
                        context.Streams.Out.WriteLine("    " + line);
                    }
                }

                byArchitecture[environment.Id.Architecture] = new Dictionary<string, object?>
                {
                    ["req_id"] = environment.Id.RequestId,
                    ["full_id"] = environment.Id.FullId,
                    ["newly_resolved"] = each.Found.IsNew,
                    ["env"] = view.ToData(),
                };
            }

            data[step.Key] = byArchitecture;
        }

        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(context, data);
        }
    }
}
