using Metaflow.Client;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Launching;
using Metaflow.Running;
using Metaflow.Settings;

namespace Metaflow.Programs;

/// <summary>A flow that code works with, in a program that may be none of its own.</summary>
/// <param name="makeFlow">Makes flow objects.</param>
/// <param name="flow">The flow's class.</param>
/// <param name="options">What was asked for.</param>
internal sealed class CodeFlow(Func<FlowSpec> makeFlow, Type flow, FlowRunOptions options)
{
    /// <summary>Gets the program that runs the flow's tasks.</summary>
    /// <exception cref="LaunchException">MF6040: this program has no files to start another process with.</exception>
    public ProgramLocation Program => options.Program ?? TaskHostLocation.Of(flow, options.ServicesType, FlowPlugins.Describe());

    /// <summary>Gets the observer of the options.</summary>
    public IRunObserver Observer { get; } = new ProgressObserver(options.Progress);

    /// <summary>Opens the flow with the settings of the options, and checks both.</summary>
    /// <returns>The flow, with its settings.</returns>
    /// <exception cref="ConfigurationException">A setting or a decorator is wrong (MF20xx, MF2130).</exception>
    /// <exception cref="FlowDefinitionException">The flow's graph is wrong (MF10xx).</exception>
    public FlowApplication Open()
    {
        ClientNamespace.Check(options.Namespace);
        FlowPlugins.AddOf(flow);
        var settings = (options.LoadedSettings ?? Settings()) with { TaskVariables = options.Settings };
        settings = settings with
        {
            Namespace = options.Namespace ?? settings.Namespace,
            Isolation = options.Isolation == TaskIsolation.Automatic ? settings.Isolation : options.Isolation,
        };
        var application = new FlowApplication(makeFlow, settings, "FlowRunner", options.Time);
        Check(application);
        return application;
    }

    private MetaflowSettings Settings()
    {
        var environment = new Dictionary<string, string>(SettingsLoader.ProcessEnvironment());
        foreach (var (name, value) in options.Settings)
        {
            environment[name] = value;
        }

        return SettingsLoader.Load(environment, options.WorkingFolder, options.DatastoreRoot);
    }

    private void Check(FlowApplication application)
    {
        application.CheckDecorators(options.With);
        GraphProblem[] problems = [.. ParameterRules.Check(application.Definition, application.FlowOptions), .. application.Check()];
        var errors = Array.FindAll(problems, static problem => problem.Severity == ProblemSeverity.Error);
        if (errors.Length > 0)
        {
            throw new FlowDefinitionException(
                errors[0].Code, string.Join(" ", errors.Select(static error => error.What)), errors[0].Why, errors[0].Fix);
        }
    }

    private sealed class ProgressObserver(IProgress<RunEvent>? progress) : IRunObserver
    {
        public void OnEvent(RunEvent runEvent) => progress?.Report(runEvent);
    }
}
