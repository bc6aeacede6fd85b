using Metaflow.Configs;

namespace Metaflow.Testing;

/// <summary>Options of a test of a flow; see <see cref="FlowTest"/>.</summary>
public sealed record FlowTestOptions
{
    /// <summary>Gets the decorators to add to every step that does not have them, in the form of <c>--with</c>. None by
    /// default.</summary>
    public IReadOnlyList<string> With { get; init; } = [];

    /// <summary>Gets the run's tags. None by default.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Gets the sources of the flow's configurations. The default is the defaults of their attributes.</summary>
    public ConfigRequest Configs { get; init; } = ConfigRequest.None;

    /// <summary>Gets the maximum number of tasks that run at once. The default is 16. With 1, they run one after the other.</summary>
    public int MaxWorkers { get; init; } = 16;

    /// <summary>Gets the maximum number of tasks of one foreach. The default is 100.</summary>
    public int MaxNumSplits { get; init; } = 100;

    /// <summary>Gets the name of the user who runs the flow. The default is <c>tester</c>, whoever runs the test.</summary>
    public string UserName { get; init; } = "tester";

    /// <summary>Gets the folder to which paths of included files are relative. The default is the folder of the test.</summary>
    public string WorkingFolder { get; init; } = AppContext.BaseDirectory;

    /// <summary>Gets the services of the flow, for example fakes. The test disposes them. <see langword="null"/> means the services that
    /// the flow itself names.</summary>
    public IServiceProvider? Services { get; init; }

    /// <summary>Gets the clock, such as a <see cref="ManualTimeProvider"/>: waits between attempts end when the test advances it. The
    /// default is the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gets the number of the attempt of a tested step, from 0. The default is 0.</summary>
    public int Attempt { get; init; }
}
