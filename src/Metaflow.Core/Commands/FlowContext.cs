using Metaflow.Client;
using Metaflow.Definition;
using Metaflow.Graph;
using Metaflow.Running;
using Metaflow.Settings;

namespace Metaflow.Commands;

/// <summary>The context of a command of a flow program.</summary>
public sealed class FlowContext : CommandContext
{
    /// <summary>The option of every command that adds decorators.</summary>
    internal const string WithOption = "with";

    private FlowDefinition? _definition;

    internal FlowContext(IFlowApplication application, ParsedCommandLine line, ConsoleStreams streams, RunInterruption interruption)
        : base(line, streams, interruption.Token)
    {
        Application = application;
        Interruption = interruption;
    }

    /// <summary>Gets the flow's definition, its steps with the decorators that <c>--with</c> and the settings add. Decorators whose text
    /// refers to a configuration are left out, because their values are known only when a run begins.</summary>
    public FlowDefinition Definition => _definition ??= Application.Decorate(Line.All(WithOption));

    /// <inheritdoc/>
    public override MetaflowSettings Settings => Application.Settings;

    /// <summary>Gets how the user starts this program, for hints: <c>dotnet run flow.cs --</c> or the program's name.</summary>
    public string Invocation => Application.Invocation;

    /// <summary>Gets the flow program, with the settings that the command line asks for.</summary>
    internal IFlowApplication Application { get; }

    /// <summary>Gets what stops a run.</summary>
    internal RunInterruption Interruption { get; }

    /// <summary>Finds a run of the flow like the framework's own commands.</summary>
    /// <param name="run">What the user typed: the run's id, also with the flow's name before it, or <c>latest</c>, the default: the
    /// newest run.</param>
    /// <returns>The run, in the namespace of the command line.</returns>
    /// <exception cref="Errors.ConfigurationException">MF2102: the flow has no runs.</exception>
    /// <exception cref="Errors.MetadataException">MF5004 or MF5005: the run does not exist, or is outside the namespace.</exception>
    public RunHandle FindRun(string run = RunChoice.Latest) => RunChoice.Find(this, run, Settings.Namespace);

    /// <summary>Finds everything that is wrong with the flow, like <c>check</c>.</summary>
    /// <returns>The problems. The flow cannot run if one of them is an error.</returns>
    public IReadOnlyList<GraphProblem> Problems() =>
    [
        .. ParameterRules.Check(Application.Definition, Application.FlowOptions), .. Application.Check(),
    ];
}
