using Metaflow.Commands;
using Metaflow.Definition;
using Metaflow.Environments.Storage;
using Metaflow.Environments.Views;
using Metaflow.Environments.Workspaces;
using Metaflow.Launching;
using Metaflow.Programs;
using Metaflow.Settings;
using Metaflow.StepEnvironments;
using Metaflow.Storage;

namespace Metaflow.EnvironmentCommands;

/// <summary>What the commands of environments of flow programs have in common.</summary>
internal sealed class FlowEnvironments
{
    /// <summary>The argument of all of them.</summary>
    public const string StepArgument = "STEP";

    private readonly FlowApplication _application;

    private FlowEnvironments(FlowContext context)
    {
        _application = (FlowApplication)context.Application;
        Workspace = EnvironmentWorkspace.Open(
            context.Settings, StoreOptions.Of(context.Settings.Environment, context.Streams.Time, context.Settings.Origins),
            DotnetHost.Find() ?? "dotnet", context.Streams.WorkingFolder, context.Say);
        Planner = _application.Environments(context.Line.All(FlowContext.WithOption), Workspace);
        Steps = [.. context.Line.Arguments.Select(step => KnownSteps.Require(context.Definition, step).Name)];
    }

    /// <summary>Gets what resolves, stores and creates environments.</summary>
    public EnvironmentWorkspace Workspace { get; }

    /// <summary>Gets what finds the environments of the steps.</summary>
    public EnvironmentPlanner Planner { get; }

    /// <summary>Gets the steps that the user named; empty for all.</summary>
    public IReadOnlyList<string> Steps { get; }

    /// <summary>Gets the framework of the program, such as <c>net10.0</c>.</summary>
    /// <exception cref="Errors.EnvironmentException">MF7024: the program's form does not allow packages of steps.</exception>
    public string Framework => _application.Files().Framework;

    /// <summary>Opens what a command works with.</summary>
    /// <param name="context">The command's context.</param>
    /// <returns>The environments.</returns>
    /// <exception cref="Errors.ConfigurationException">MF2072: the flow has no step that the user named.</exception>
    public static FlowEnvironments Open(FlowContext context) => new(context);

    /// <summary>Creates environments on this machine, and says what will go wrong with them.</summary>
    /// <param name="found">The environments of the steps.</param>
    /// <param name="context">The command's context.</param>
    /// <returns>A task that ends when they are created.</returns>
    /// <exception cref="Errors.EnvironmentException">Packages cannot be found or unpacked, or a value cannot pass from one step to another
    /// (MF70xx).</exception>
    public async Task CreateAsync(IReadOnlyList<StepFound> found, FlowContext context)
    {
        var created = await Planner.CreateAsync(_application.Files(), [], found, isWhole: true, context.Stopping).ConfigureAwait(false);
        foreach (var warning in created.Warnings)
        {
            context.Say(warning);
        }
    }

    /// <summary>Returns how an environment is shown.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The view.</returns>
    public async Task<EnvironmentView> ViewAsync(
        Metaflow.Environments.Records.ResolvedEnvironment environment, CancellationToken cancellationToken)
    {
        IReadOnlyList<EnvironmentName> names = await Workspace.Book.NamesOfAsync(environment.Id, cancellationToken).ConfigureAwait(false);
        return new EnvironmentView(environment, names, Workspace.Folder.Has(environment));
    }
}
