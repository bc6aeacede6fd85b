using Metaflow.Decorators;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Graph.Rules;

namespace Metaflow;

/// <summary>Says when a deployed flow runs by itself. It has no effect on runs that a user starts.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ScheduleAttribute : FlowDecoratorAttribute
{
    /// <summary>Gets or sets a cron expression with five or six fields. It takes precedence over the other properties.
    /// <see langword="null"/> by default.</summary>
    public string? Cron { get; set; }

    /// <summary>Gets or sets a value indicating whether it runs every Sunday at midnight. The default is
    /// <see langword="false"/>.</summary>
    public bool Weekly { get; set; }

    /// <summary>Gets or sets a value indicating whether it runs every day at midnight. The default is <see langword="true"/>; weekly and
    /// hourly take precedence.</summary>
    public bool Daily { get; set; } = true;

    /// <summary>Gets or sets a value indicating whether it runs every hour. The default is <see langword="false"/>.</summary>
    public bool Hourly { get; set; }

    /// <summary>Gets or sets the time zone of the times by its name in the IANA database; <see langword="null"/>, the default, is
    /// UTC.</summary>
    public string? Timezone { get; set; }

    /// <inheritdoc/>
    public override string DecoratorName => "schedule";

    /// <summary>Gets the cron expression that deployers use, or <see langword="null"/> if there is none.</summary>
    public string? Expression => Cron ?? (Weekly ? "0 0 ? * SUN *" : Hourly ? "0 * * * ? *" : Daily ? "0 0 * * ? *" : null);

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, object?>> ToData()
        => [new("cron", Cron), new("weekly", Weekly), new("daily", Daily), new("hourly", Hourly), new("timezone", Timezone)];

    /// <inheritdoc/>
    public override IEnumerable<GraphProblem> Check(FlowDefinition definition)
    {
        foreach (var mistake in DecoratorRules.CheckSchedule(Expression, Cron is not null))
        {
            yield return FlowProblem.Of(definition, mistake);
        }

        if (Timezone is { } zone && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
        {
            yield return FlowProblem.Of(
                RuleCodes.ScheduleInvalid, definition,
                $"The [Schedule] names the time zone '{zone}'.",
                "There is no such time zone.",
                "Name one of the IANA database, for example Europe/Zurich.");
        }
    }
}
