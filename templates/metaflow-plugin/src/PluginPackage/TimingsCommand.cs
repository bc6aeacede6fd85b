using Metaflow.Commands;
using Metaflow.Errors;

namespace PluginNamespace;

/// <summary>Shows how long the steps of a run took.</summary>
internal sealed class TimingsCommand : Command<FlowContext>
{
    internal const string Name = "timings";

    public override CommandSpecification Specification => new()
    {
        Summary = "Show how long the steps of a run took.",
        Details = "Steps are timed that have [Timed], or all with 'run --with timed'.",
        Arguments = ["RUN_ID"],
        Examples = ["timings", "timings 1795315307849771"],
    };

    public override Task<int> ExecuteAsync(FlowContext context)
    {
        var run = context.Line.Arguments is [var id] ? context.FindRun(id) : context.FindRun();
        foreach (var task in run.Tasks)
        {
            if (task.MetadataDictionary.TryGetValue(TimedAttribute.Field, out var seconds))
            {
                context.Streams.Out.WriteLine($"{seconds,10}  {task.Path.WithoutFlow}");
            }
        }

        return Task.FromResult(ExitCodes.Success);
    }
}
