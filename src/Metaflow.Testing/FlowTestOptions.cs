using Metaflow.Configs;

namespace Metaflow.Testing;

/// <summary>What a test of a flow varies; see <see cref="FlowTest"/>.</summary>
public sealed record FlowTestOptions
{
    /// <summary>Gets the decorators attached to every step that lacks them, as <c>--with</c> takes them. None by default.</summary>
    public IReadOnlyList<string> With { get; init; } = [];

    /// <summary>Gets the run's tags. None by default.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Gets where the flow's configurations come from; the defaults of their attributes where nothing is given.</summary>
    public ConfigRequest Configs { get; init; } = ConfigRequest.None;

    /// <summary>Gets the most tasks that run at once. The default is 16; with 1 they run one after another.</summary>
    public int MaxWorkers { get; init; } = 16;

    /// <summary>Gets the most tasks that one foreach may yield. The default is 100.</summary>
    public int MaxNumSplits { get; init; } = 100;

    /// <summary>Gets the name of the user who runs the flow. The default is <c>tester</c>, whoever runs the test.</summary>
    public string UserName { get; init; } = "tester";

    /// <summary>Gets the folder that paths of included files are relative to. The default is the test's own.</summary>
    public string WorkingFolder { get; init; } = AppContext.BaseDirectory;

    /// <summary>Gets the services of the flow, such as fakes; the test disposes them. <see langword="null"/> for those that the flow names
    /// itself.</summary>
    public IServiceProvider? Services { get; init; }

    /// <summary>Gets the clock, such as a <see cref="ManualTimeProvider"/>: waits between attempts pass when it is moved. The default is
    /// the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gets the number of the attempt that a tested step is, from 0. The default is 0.</summary>
    public int Attempt { get; init; }
}
