using Metaflow.Decorators;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Graph.Rules;

namespace Metaflow;

/// <summary>Stops a task that takes too long, with all processes that it started. The failure can be retried and caught.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class TimeoutAttribute : DecoratorAttribute, ILaunchHook
{
    /// <summary>How long a process has to end by itself after its timeout, before it is ended from outside.</summary>
    private static readonly TimeSpan ProcessGrace = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets seconds, added to the rest. The default is 0.</summary>
    public int Seconds { get; set; }

    /// <summary>Gets or sets minutes, added to the rest. The default is 0.</summary>
    public int Minutes { get; set; }

    /// <summary>Gets or sets hours, added to the rest. The default is 0.</summary>
    public int Hours { get; set; }

    /// <inheritdoc/>
    public override string DecoratorName => "timeout";

    /// <summary>Gets the time that a task has; the longest <see cref="TimeSpan"/> when more is asked for.</summary>
    public TimeSpan Limit => TotalSeconds is > -DecoratorRules.MaxSeconds and < DecoratorRules.MaxSeconds
        ? TimeSpan.FromSeconds(TotalSeconds)
        : TotalSeconds < 0 ? TimeSpan.MinValue : TimeSpan.MaxValue;

    /// <inheritdoc/>
    /// <remarks>The task itself watches its time; this ends one that is stuck and cannot.</remarks>
    void ILaunchHook.BeforeLaunch(LaunchHookContext context) => context.Deadline = Duration.Add(Limit, ProcessGrace);

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, object?>> ToData() =>
    [
        new("seconds", Seconds), new("minutes", Minutes), new("hours", Hours),
    ];

    /// <inheritdoc/>
    public override IEnumerable<GraphProblem> Check(StepNode step, FlowGraph graph)
        => StepProblem.Of(step, subject => DecoratorRules.CheckTimeout(subject, Hours, Minutes, Seconds));

    private double TotalSeconds => Seconds + (60.0 * Minutes) + (3600.0 * Hours);
}
