using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Plugins;
using Metaflow.Scenarios.Flows;

[assembly: MetaflowPlugin(typeof(PlanPlugin))]
[assembly: MetaflowPlugin(typeof(Metaflow.FarStore.FarStorePlugin))]

namespace Metaflow.Scenarios.Flows;

/// <summary>Commands as a package for a scheduler has them; it sees nothing but what is public.</summary>
public sealed class PlanPlugin : IMetaflowPlugin
{
    private PlanPlugin()
    {
    }

    /// <inheritdoc/>
    public static void Register(PluginRegistry registry)
    {
        registry.Add<Command<FlowContext>>("plan", new CommandGroup<FlowContext>("Plans of the flow for a scheduler.", "plan create"));
        registry.Add<Command<FlowContext>>("plan create", new CreateCommand());
        registry.Add<Command<FlowContext>>("plan value", new ValueCommand());
    }

    private sealed class CreateCommand : Command<FlowContext>
    {
        public override CommandSpecification Specification => new()
        {
            Summary = "Write the flow's plan.",
            TakesParameters = true,
            Options = [new()
            {
                Name = "form",
                ValueName = "text|json",
                Choices = ["text", "json"],
                Default = "text",
                Description = "The form of the plan.",
            }],
        };

        public override Task<int> ExecuteAsync(FlowContext context)
        {
            foreach (var step in context.Definition.Graph.Steps)
            {
                context.Streams.Out.WriteLine(
                    $"{step.Name}: {string.Join(", ", step.Decorators.Select(static decorator => decorator.Name))}");
            }

            foreach (var (name, value) in context.Line.Parameters)
            {
                context.Streams.Out.WriteLine($"{name} = {value}");
            }

            context.Say($"Problems: {context.Problems().Count}. Store: {context.OpenStores().Blobs.TypeName}.");
            return Task.FromResult(ExitCodes.Success);
        }
    }

    private sealed class ValueCommand : Command<FlowContext>
    {
        public override CommandSpecification Specification
            => new() { Summary = "Print a value of the newest run.", Arguments = ["STEP", "NAME"], RequiredArguments = 2 };

        public override bool ShowsHeader => false;

        public override Task<int> ExecuteAsync(FlowContext context)
        {
            var run = context.Client().Flow(context.Definition.FlowName).LatestRun!;
            context.Streams.Out.WriteLine(run.Step(context.Line.Arguments[0]).Task!.Data.Get<int>(context.Line.Arguments[1]));
            return Task.FromResult(ExitCodes.Success);
        }
    }
}
