using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Metaflow.Hosting;

/// <summary>The traces and metrics of runs in a host, for any listener: <c>AddSource(MetaflowTelemetry.Name)</c> and
/// <c>AddMeter(MetaflowTelemetry.Name)</c> of OpenTelemetry.</summary>
/// <remarks>A run is an activity <c>run FLOW</c>, each attempt of a task one below it, <c>task STEP</c>. The meter has <c>metaflow.runs</c>
/// and <c>metaflow.tasks</c> (counted by flow, step and outcome), and <c>metaflow.task.duration</c> in seconds.</remarks>
public static class MetaflowTelemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "Metaflow";

    private static readonly Meter Meter = new(Name);

    /// <summary>Gets the source of the activities.</summary>
    internal static ActivitySource Source { get; } = new(Name);

    /// <summary>Gets the number of runs that ended.</summary>
    internal static Counter<long> Runs { get; } = Meter.CreateCounter<long>("metaflow.runs", description: "Runs that ended.");

    /// <summary>Gets the number of attempts that ended.</summary>
    internal static Counter<long> Tasks { get; } = Meter.CreateCounter<long>(
        "metaflow.tasks", description: "Attempts of tasks that ended.");

    /// <summary>Gets how long attempts took.</summary>
    internal static Histogram<double> Duration { get; } = Meter.CreateHistogram<double>(
        "metaflow.task.duration", "s", "How long attempts of tasks took.");
}
