using System.Globalization;
using Metaflow.Decorators;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Graph.Rules;

namespace Metaflow;

/// <summary>Tries a failed task again.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class RetryAttribute : DecoratorAttribute
{
    /// <summary>The maximum number of retries. Together with those of <see cref="CatchAttribute"/>, a task then has six
    /// attempts.</summary>
    public const int MaxTimes = DecoratorRules.MaxRetries;

    /// <summary>Gets or sets how often a task is tried again. The default is 3, the maximum is 4.</summary>
    public int Times { get; set; } = 3;

    /// <summary>Gets or sets how long to wait before the next attempt, in minutes. A negative value, the default, means 0 locally and 2
    /// on a back end.</summary>
    public double MinutesBetweenRetries { get; set; } = -1;

    /// <summary>Gets or sets how long to wait before the next attempt, in seconds, added to the minutes. The default is 0.</summary>
    public double SecondsBetweenRetries { get; set; }

    /// <summary>Gets or sets the factor by which each wait grows, at least 1. The default is 1: all waits are equal.</summary>
    public double BackoffFactor { get; set; } = 1;

    /// <summary>Gets or sets the longest wait in seconds. 0, the default, means a day.</summary>
    public double MaxSecondsBetweenRetries { get; set; }

    /// <summary>Gets or sets the fraction by which a wait may be longer or shorter, 0 to 1, so that tasks that failed together do not run
    /// again together. It is computed from the run, the task and the attempt. The default is 0.</summary>
    public double Jitter { get; set; }

    /// <summary>Gets or sets the exceptions that are tried again, by the name of their class or of a base class, with or without
    /// namespace. By default all are.</summary>
    public string[] On { get; set; } = [];

    /// <summary>Gets or sets the exceptions that are not tried again, by the name of their class or of a base class, with or without
    /// namespace. None by default.</summary>
    public string[] NotOn { get; set; } = [];

    /// <summary>Gets or sets which failures are tried again. By default all are, as far as <see cref="On"/> and <see cref="NotOn"/> allow
    /// exceptions.</summary>
    /// <example><c>[Retry(When = FailureKinds.Preempted | FailureKinds.NodeLost)]</c> tries a task again if the cluster takes its machine
    /// away, but not if its code fails.</example>
    public FailureKinds When { get; set; } = FailureKinds.Any;

    /// <inheritdoc/>
    public override string DecoratorName => "retry";

    /// <summary>Returns the wait before the first retry.</summary>
    /// <param name="usual">How long a task waits where nothing is written: its launcher says.</param>
    /// <returns>The wait.</returns>
    internal TimeSpan WaitOr(TimeSpan usual)
        => MinutesBetweenRetries < 0 && SecondsBetweenRetries == 0
            ? usual
            : Duration.OfSeconds((60 * Math.Max(0, MinutesBetweenRetries)) + SecondsBetweenRetries);

    /// <summary>Gets how the wait changes from one retry to the next.</summary>
    internal RetryGrowth Growth => new(
        BackoffFactor, MaxSecondsBetweenRetries > 0 ? Duration.OfSeconds(MaxSecondsBetweenRetries) : RetryGrowth.None.Maximum, Jitter);

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, object?>> ToData()
    {
        List<KeyValuePair<string, object?>> data =
        [
            new("times", Times.ToString(CultureInfo.InvariantCulture)),
            new("minutes_between_retries", MinutesText),
        ];

        // Python Metaflow knows the first two; the others are told only where they say something.
        Add(BackoffFactor != 1, "backoff_factor", BackoffFactor);
        Add(MaxSecondsBetweenRetries > 0, "max_seconds_between_retries", MaxSecondsBetweenRetries);
        Add(Jitter > 0, "jitter", Jitter);
        Add(On.Length > 0, "on", On);
        Add(NotOn.Length > 0, "not_on", NotOn);
        Add(When != FailureKinds.Any, "when", When.ToString());
        return data;

        void Add(bool isSet, string name, object value)
        {
            if (isSet)
            {
                data.Add(new(name, value));
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<GraphProblem> Check(StepNode step, FlowGraph graph)
        => StepProblem.Of(step, subject => DecoratorRules.CheckRetries(subject, Times)
            .Concat(DecoratorRules.CheckRetryWait(
                subject, MinutesBetweenRetries, SecondsBetweenRetries, BackoffFactor, MaxSecondsBetweenRetries, Jitter))
            .Concat(DecoratorRules.CheckRetryNames(subject, nameof(On), On))
            .Concat(DecoratorRules.CheckRetryNames(subject, nameof(NotOn), NotOn)));

    /// <summary>Returns true if a task that failed with an exception may be tried again.</summary>
    /// <param name="exception">The exception.</param>
    /// <returns>Whether it may.</returns>
    internal bool Allows(Exception exception)
        => Allows(FailureKinds.Raised) && !Names(NotOn, exception) && (On.Length == 0 || Names(On, exception));

    /// <summary>Returns true if a task that failed in a way may be tried again.</summary>
    /// <param name="kind">The way.</param>
    /// <returns>Whether it may.</returns>
    internal bool Allows(FailureKinds kind) => (When & kind) != 0;

    private string MinutesText => (WaitOr(TimeSpan.FromMinutes(2)).TotalMinutes).ToString(CultureInfo.InvariantCulture);

    private static bool Names(string[] names, Exception exception)
    {
        for (var type = exception.GetType(); type != typeof(object); type = type!.BaseType)
        {
            if (names.Length > 0 && (names.Contains(type!.FullName) || names.Contains(type.Name)))
            {
                return true;
            }
        }

        return false;
    }
}
