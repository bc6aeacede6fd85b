using Metaflow.Running;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Testing;

/// <summary>Runs flows, or single steps of them, inside an ordinary test: in memory, without processes, files or settings of the
/// machine.</summary>
/// <remarks>Artifacts pass through the real serializers between the steps, so a value that cannot be stored fails in the test too. Every
/// value that a step stores is read back and compared: the step fails if the next one would read something else (MF4114). Each run has
/// its own stores, so tests may run in parallel.</remarks>
public static class FlowTest
{
    /// <summary>Runs a flow from its start to its end.</summary>
    /// <typeparam name="TFlow">The flow's class.</typeparam>
    /// <param name="parameters">The parameters: <c>new { alpha = 0.5 }</c>, or a dictionary by name; see
    /// <see cref="FlowRunOptions.Parameters"/>.</param>
    /// <param name="options">Other options of the test.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <returns>The run. A failed step is a result, not an exception.</returns>
    /// <exception cref="Errors.MetaflowException">The run could not start: a parameter or the graph is wrong.</exception>
    public static async Task<FlowTestRun<TFlow>> RunAsync<TFlow>(
        object? parameters = null, FlowTestOptions? options = null, CancellationToken cancellationToken = default)
        where TFlow : FlowSpec, new()
    {
        options ??= new FlowTestOptions();
        var events = new RunEvents();
        var run = await FlowRunner.RunAsync<TFlow>(
            new FlowRunOptions
            {
                Parameters = parameters,
                With = options.With,
                Tags = options.Tags,
                MaxWorkers = options.MaxWorkers,
                MaxNumSplits = options.MaxNumSplits,
                WorkingFolder = options.WorkingFolder,
                Configs = options.Configs,
                Time = options.Time,
                Services = options.Services,
                Isolation = TaskIsolation.InProcess,
                Stores = RunStores.InMemory(options.Time),
                LoadedSettings = SettingsOf(options),
                ReadsBack = true,
                Progress = events,
            },
            cancellationToken).ConfigureAwait(false);
        return new FlowTestRun<TFlow>(run, events.All);
    }

    /// <summary>Runs one step with artifacts that the test sets.</summary>
    /// <typeparam name="TFlow">The flow's class.</typeparam>
    /// <param name="given">Sets the artifacts that the steps before would have set.</param>
    /// <param name="step">The step: the method's name or the name on disk.</param>
    /// <param name="parameters">The parameters, as for <see cref="RunAsync"/>.</param>
    /// <param name="options">Other options of the test.</param>
    /// <returns>The result of the step.</returns>
    /// <exception cref="ArgumentException">The flow has no such step, or the step takes an item or inputs.</exception>
    public static Task<StepTestResult<TFlow>> StepAsync<TFlow>(
        Action<TFlow> given, string step, object? parameters = null, FlowTestOptions? options = null)
        where TFlow : FlowSpec, new()
        => new StepTest<TFlow>(step, parameters, options ?? new FlowTestOptions()).RunAsync(given);

    /// <summary>Runs the step of a foreach for one item.</summary>
    /// <typeparam name="TFlow">The flow's class.</typeparam>
    /// <typeparam name="TItem">The type of the item.</typeparam>
    /// <param name="given">Sets the artifacts that the steps before would have set.</param>
    /// <param name="step">The step: the method's name or the name on disk.</param>
    /// <param name="item">The item.</param>
    /// <param name="parameters">The parameters, as for <see cref="RunAsync"/>.</param>
    /// <param name="options">Other options of the test.</param>
    /// <returns>The result of the step.</returns>
    /// <exception cref="ArgumentException">The flow has no such step.</exception>
    public static Task<StepTestResult<TFlow>> ItemAsync<TFlow, TItem>(
        Action<TFlow> given, string step, TItem item, object? parameters = null, FlowTestOptions? options = null)
        where TFlow : FlowSpec, new()
        => new StepTest<TFlow>(step, parameters, options ?? new FlowTestOptions()).RunItemAsync(given, new List<TItem> { item });

    /// <summary>Runs a join with inputs that the test sets.</summary>
    /// <typeparam name="TFlow">The flow's class.</typeparam>
    /// <param name="inputs">The inputs in the order of the split: for each input, the step that it comes from, and a function that sets
    /// its artifacts. No inputs mean a foreach without items.</param>
    /// <param name="step">The join: the method's name or the name on disk.</param>
    /// <param name="parameters">The parameters, as for <see cref="RunAsync"/>.</param>
    /// <param name="options">Other options of the test.</param>
    /// <returns>The result of the step.</returns>
    /// <exception cref="ArgumentException">The flow has no such step, or it is not a join.</exception>
    public static Task<StepTestResult<TFlow>> JoinAsync<TFlow>(
        IReadOnlyList<(string Step, Action<TFlow> Given)> inputs, string step, object? parameters = null, FlowTestOptions? options = null)
        where TFlow : FlowSpec, new()
        => new StepTest<TFlow>(step, parameters, options ?? new FlowTestOptions()).JoinAsync(inputs);

    /// <summary>Makes settings that are the same on every machine.</summary>
    internal static MetaflowSettings SettingsOf(FlowTestOptions options)
        => new() { User = options.UserName, Datastore = new StoreAddress("memory", "memory"), Namespace = "user:" + options.UserName };

    private sealed class RunEvents : IProgress<RunEvent>
    {
        private readonly List<RunEvent> _all = [];

        public IReadOnlyList<RunEvent> All => _all;

        public void Report(RunEvent value) => _all.Add(value);
    }
}
