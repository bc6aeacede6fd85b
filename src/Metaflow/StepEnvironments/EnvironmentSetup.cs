using Metaflow.Decorators;
using Metaflow.Definition;
using Metaflow.Environments.Settings;
using Metaflow.Environments.Workspaces;
using Metaflow.Launching;
using Metaflow.Running;
using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.StepEnvironments;

/// <summary>Prepares the environments of steps before their tasks start, for runs and for spins.</summary>
/// <param name="definition">The flow's definition.</param>
/// <param name="flow">The flow's class.</param>
/// <param name="settings">The settings.</param>
/// <param name="options">The options of stores.</param>
internal sealed class EnvironmentSetup(FlowDefinition definition, FlowClass flow, MetaflowSettings settings, StoreOptions options)
{
    /// <summary>Gets the folder in which the search for NuGet's configuration files begins.</summary>
    public required string WorkingFolder { get; init; }

    /// <summary>Gets what learns how far it is, and sentences that the user should read.</summary>
    public required IRunObserver Observer { get; init; }

    /// <summary>Finds the environments of steps, and creates those that are not here yet.</summary>
    /// <param name="program">The program that runs tasks of steps without an environment.</param>
    /// <param name="decoratorsOf">Returns the decorators in force for a step.</param>
    /// <param name="only">The steps that count; empty for all.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environments; none where tasks run with the packages of the program.</returns>
    /// <exception cref="Errors.MetaflowException">See <see cref="EnvironmentPlanner.PlanAsync"/>.</exception>
    public async Task<PlannedEnvironments> PlanAsync(
        ProgramLocation program, Func<string, StepDecorators> decoratorsOf, IReadOnlyCollection<string> only,
        CancellationToken cancellationToken)
    {
        var asks = definition.Graph.Steps.Where(step => only.Count == 0 || only.Contains(step.Name))
            .Any(step => decoratorsOf(step.Name).All.Any(static decorator => decorator is EnvironmentDecoratorAttribute));
        if (!asks || settings.EnvironmentType == EnvironmentTypes.Local)
        {
            return PlannedEnvironments.None;
        }

        if (settings.RunsInProcess || program == ProgramLocation.None)
        {
            Tell("Tasks run in this process, with the packages that the program was compiled with: what [NuGet], [DotNet], [Conda] and "
                + "[PyPI] ask for does not count. Use '--isolation process' to run each task with its own.");
            return PlannedEnvironments.None;
        }

        var memory = MemoryOf(program, decoratorsOf, only);
        var planned = memory.TryRead() ?? await FindAsync(memory, program, decoratorsOf, only, cancellationToken).ConfigureAwait(false);
        foreach (var text in planned.Warnings)
        {
            Tell(text);
        }

        return planned;
    }

    private async Task<PlannedEnvironments> FindAsync(
        PlanMemory memory, ProgramLocation program, Func<string, StepDecorators> decoratorsOf, IReadOnlyCollection<string> only,
        CancellationToken cancellationToken)
    {
        var workspace = EnvironmentWorkspace.Open(settings, options, DotnetHost.Find() ?? "dotnet", WorkingFolder, Observer);
        var planner = new EnvironmentPlanner(definition, flow, decoratorsOf, workspace);
        var (compiled, _) = planner.FilesOf(program);
        string[] files =
        [
            .. workspace.Book.Local.Paths, compiled.AssemblyFile, compiled.DependenciesFile, compiled.RuntimeConfigFile,
            .. PythonSettings.FilesOf(settings),
        ];

        // Before they are read: a change in between is seen the next time.
        FileMark[] marks = [.. files.Select(FileMark.Of)];
        var planned = await planner.PlanAsync(program, only, cancellationToken).ConfigureAwait(false);
        if (planned is { HasNew: true, Evidence: not null })
        {
            // That it was resolved has changed the lists. Now that it is known, it is found at once.
            marks = [.. files.Select(FileMark.Of)];
            planned = await planner.PlanAsync(program, only, cancellationToken).ConfigureAwait(false);
        }

        if (planned is { HasNew: false, Evidence: { } evidence })
        {
            memory.Write(planned, [.. marks, .. evidence.Select(FileMark.Of)]);
        }

        return planned;
    }

    private PlanMemory MemoryOf(
        ProgramLocation program, Func<string, StepDecorators> decoratorsOf, IReadOnlyCollection<string> only)
    {
        List<string> given = [];
        foreach (var (name, value) in settings.Environment)
        {
            if (name.StartsWith("METAFLOW_CONDA_", StringComparison.Ordinal)
                || name.StartsWith("METAFLOW_DATASTORE_", StringComparison.Ordinal))
            {
                given.Add($"{name}={value}");
            }
        }

        given.AddRange(settings.Variables.Where(static pair => PythonSettings.Reads(pair.Key))
            .Select(static pair => $"{pair.Key}={pair.Value}"));

        given.Sort(StringComparer.Ordinal);
        given.AddRange(
        [
            definition.FlowName, Environment.Version.ToString(), WorkingFolder, settings.User, settings.Datastore.ToString(),
            program.FileName, .. program.Arguments, "", .. only, "",
        ]);
        foreach (var step in definition.Graph.Steps)
        {
            given.AddRange(PlanMemory.TextsOf(step.Name, decoratorsOf(step.Name)));
        }

        return new PlanMemory(Path.Combine(EnvironmentSettings.FolderOf(settings), "plans"), PlanMemory.KeyOf(given), options.Time);
    }

    private void Tell(string text) => Observer.OnEvent(new RunEvent.Message(options.Time.GetUtcNow(), text));
}
