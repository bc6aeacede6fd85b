using Metaflow.Decorators;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;

namespace Metaflow;

/// <summary>Says when a deployed flow runs by itself. It does nothing to runs that are started by hand.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ScheduleAttribute : FlowDecoratorAttribute
{
    /// <summary>Gets or sets the times as an expression of cron with five or six fields; it comes before all others. <see langword="null"/> by default.</summary>
    public string? Cron { get; set; }

    /// <summary>Gets or sets a value indicating whether it runs every Sunday at midnight. The default is <see langword="false"/>.</summary>
    public bool Weekly { get; set; }

    /// <summary>Gets or sets a value indicating whether it runs every day at midnight. The default is <see langword="true"/>; weekly and hourly come before it.</summary>
    public bool Daily { get; set; } = true;

    /// <summary>Gets or sets a value indicating whether it runs every hour. The default is <see langword="false"/>.</summary>
    public bool Hourly { get; set; }

    /// <summary>Gets or sets the time zone of the times by its name in the IANA data base; <see langword="null"/>, the default, is UTC.</summary>
    public string? Timezone { get; set; }

    /// <inheritdoc/>
    public override string DecoratorName => "schedule";

    /// <summary>Gets the expression of cron that deployers use, or <see langword="null"/> when nothing says when.</summary>
    public string? Expression => Cron ?? (Weekly ? "0 0 ? * SUN *" : Hourly ? "0 * * * ? *" : Daily ? "0 0 * * ? *" : null);

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, object?>> ToData()
        => [new("cron", Cron), new("weekly", Weekly), new("daily", Daily), new("hourly", Hourly), new("timezone", Timezone)];

    /// <inheritdoc/>
    public override IEnumerable<GraphProblem> Check(FlowDefinition definition)
    {
        if (Expression?.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length is not (5 or 6))
        {
            yield return FlowProblem.Of(
                ErrorCodes.ScheduleInvalid, definition,
                Cron is null ? "The [Schedule] says no time." : $"The [Schedule] says '{Cron}', which is no expression of cron.",
                "An expression has five or six fields: minutes, hours, day of the month, month, day of the week, and the year.",
                "Write [Schedule(Hourly = true)], or Cron = \"0 6 * * ? *\".");
        }

        if (Timezone is { } zone && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
        {
            yield return FlowProblem.Of(
                ErrorCodes.ScheduleInvalid, definition,
                $"The [Schedule] names the time zone '{zone}'.",
                "There is no such time zone.",
                "Name one of the IANA data base, such as Europe/Zurich.");
        }
    }
}
