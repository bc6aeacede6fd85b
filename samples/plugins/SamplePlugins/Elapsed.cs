using System.Diagnostics;
using System.Globalization;
using Metaflow;
using Metaflow.Client;
using Metaflow.Commands;
using Metaflow.Decorators;
using Metaflow.Errors;
using Metaflow.Plugins;
using Metaflow.Settings;

namespace SamplePlugins;

/// <summary>Measures a step: <c>[Elapsed]</c>, or <c>--with elapsed:limit=10</c>. The command <c>elapsed</c> shows the times.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class ElapsedAttribute : DecoratorAttribute, IAroundStepHook
{
    /// <summary>The name of the decorator and of its command.</summary>
    internal const string Name = "elapsed";

    /// <summary>The metadata field of a task that has the seconds.</summary>
    internal const string Field = "elapsed-seconds";

    private const int UsualLimit = 60;

    /// <summary>The setting for how long steps may take before a line reports it. Tasks get it, because they measure the steps.</summary>
    internal static readonly SettingDescription Setting = new(
        "METAFLOW_ELAPSED_LIMIT", SettingKind.Number, "It is how many seconds a step may take before a line reports it.")
    {
        Default = UsualLimit.ToString(CultureInfo.InvariantCulture),
        IsForTasks = true,
    };

    /// <summary>Gets or sets how many seconds the step may take before a line on its error stream reports it. The default, 0, means
    /// the setting <c>METAFLOW_ELAPSED_LIMIT</c>.</summary>
    public int Limit { get; set; }

    /// <inheritdoc/>
    public async ValueTask<Transition?> AroundStepAsync(StepHookContext context, Func<ValueTask<Transition?>> step)
    {
        var limit = Limit > 0 ? Limit : SettingReader.OfProcess().Number(Setting.Name, UsualLimit);
        var start = Stopwatch.GetTimestamp();
        try
        {
            return await step().ConfigureAwait(false);
        }
        finally
        {
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            context.AddMetadata(Field, seconds.ToString("0.000", CultureInfo.InvariantCulture));
            if (seconds > limit)
            {
                Console.Error.WriteLine($"Step '{context.Step}' took {seconds:0.0} seconds, more than {limit}.");
            }
        }
    }
}

/// <summary>Shows how long the steps of a run took.</summary>
internal sealed class ElapsedCommand : Command<FlowContext>
{
    private const string Longest = "longest";

    public override CommandSpecification Specification => new()
    {
        Summary = "Show how long the steps of a run took.",
        Details = "Steps with [Elapsed] are measured. 'run --with elapsed' measures all steps.",
        Arguments = ["RUN_ID"],
        Options = [new() { Name = Longest, ValueName = "integer", Description = "How many tasks to show.", Default = "10" }],
        Examples = ["elapsed", "elapsed 1795315307849771 --longest 3"],
    };

    public override void CheckInput(FlowContext context) => Most(context);

    public override Task<int> ExecuteAsync(FlowContext context)
    {
        var run = context.Line.Arguments is [var id] ? context.FindRun(id) : context.FindRun();
        var times = run.Tasks.Select(static task => (task.Path.WithoutFlow, Seconds: Seconds(task)))
            .Where(static time => time.Seconds is not null).ToList();
        if (times.Count == 0)
        {
            context.Say($"No step of run '{run.Id}' was measured. Run the flow with '--with {ElapsedAttribute.Name}'.");
        }

        foreach (var (task, seconds) in times.OrderByDescending(static time => time.Seconds).Take(Most(context)))
        {
            context.Streams.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds,10:0.000}  {task}"));
        }

        return Task.FromResult(ExitCodes.Success);
    }

    private static int Most(FlowContext context) => context.Line.WholeNumber(Longest, 10, minimum: 1);

    private static double? Seconds(TaskHandle task)
        => task.MetadataDictionary.TryGetValue(ElapsedAttribute.Field, out var datum)
            ? double.Parse(datum, CultureInfo.InvariantCulture) : null;
}
