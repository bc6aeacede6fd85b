using System.Globalization;
using Metaflow.Errors;
using Metaflow.Graph;

namespace Metaflow;

/// <summary>Tries a failed task again.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class RetryAttribute : DecoratorAttribute
{
    /// <summary>The most retries that may be asked for, so that with those of <see cref="CatchAttribute"/> a task has six attempts.</summary>
    public const int MaxTimes = 4;

    /// <summary>Gets or sets how often a task is tried again. The default is 3, the most is 4.</summary>
    public int Times { get; set; } = 3;

    /// <summary>Gets or sets how long to wait before the next attempt, in minutes. Negative, the default, is 0 locally and 2 on a back end.</summary>
    public double MinutesBetweenRetries { get; set; } = -1;

    /// <summary>Gets or sets how long to wait before the next attempt, in seconds, added to the minutes. The default is 0.</summary>
    public double SecondsBetweenRetries { get; set; }

    /// <inheritdoc/>
    public override string DecoratorName => "retry";

    /// <summary>Gets the wait before an attempt of a local task.</summary>
    internal TimeSpan LocalWait => TimeSpan.FromMinutes(Math.Max(0, MinutesBetweenRetries)) + TimeSpan.FromSeconds(SecondsBetweenRetries);

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, object?>> ToData() =>
    [
        new("times", Times.ToString(CultureInfo.InvariantCulture)),
        new("minutes_between_retries", MinutesText),
    ];

    /// <inheritdoc/>
    public override IEnumerable<GraphProblem> Check(StepNode step, FlowGraph graph)
    {
        if (Times is < 0 or > MaxTimes)
        {
            yield return new GraphProblem(
                ErrorCodes.TooManyRetries, ProblemSeverity.Error,
                $"Step '{step.Name}' asks for {Times} retries.",
                $"A task has at most six attempts, so that retries can be 0 to {MaxTimes}.",
                $"Write [Retry(Times = {MaxTimes})] or less.", step.Name, step.Line, step.SourceFile);
        }
    }

    private string MinutesText => (MinutesBetweenRetries < 0 && SecondsBetweenRetries == 0 ? 2 : LocalWait.TotalMinutes).ToString(CultureInfo.InvariantCulture);
}
