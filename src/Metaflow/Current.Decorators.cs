using Metaflow.Client;
using Metaflow.Decorators;
using Metaflow.Definition;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow;

/// <content>Facts from decorators.</content>
public sealed partial record Current
{
    /// <summary>Gets the resources that the task may use: those of <c>[Resources]</c>, or the defaults.</summary>
    public TaskResources Resources
    {
        get
        {
            Reads.Add(nameof(Resources));
            var asked = Decorators?.Find<ResourcesAttribute>() ?? new ResourcesAttribute();
            return new TaskResources(asked.Cpu, asked.MemoryMB, asked.Gpu, asked.DiskMB);
        }
    }

    /// <summary>Gets the project and the branch of the run; <see langword="null"/> for a flow without <c>[Project]</c>.</summary>
    public FlowProject? Project
    {
        get
        {
            Reads.Add(nameof(Project));
            foreach (var decorator in Flow?.DecoratorsOf(null) ?? [])
            {
                if (decorator is ProjectAttribute project)
                {
                    return project.Describe(FlowName, FlowOptionValues.FromTexts(FlowOptions), _userName);
                }
            }

            return null;
        }
    }

    /// <summary>Gets the values of the options that decorators of the flow add (<see cref="FlowDecoratorAttribute.Options"/>), from the
    /// command line or the environment.</summary>
    public FlowOptionValues Options => Observe(FlowOptionValues.FromTexts(FlowOptions), nameof(Options));

    /// <summary>Gets the names of the flow's parameters on disk, in the order of the source; included files are among them, constants are
    /// not.</summary>
    public IReadOnlyList<string> ParameterNames
    {
        get
        {
            Reads.Add(nameof(ParameterNames));
            var builder = new FlowDefinitionBuilder();
            Flow?.Describe(builder);
            return [.. builder.Build().Parameters.Select(static parameter => parameter.Name)];
        }
    }

    /// <summary>Gets what started the run; <see langword="null"/> for a run that was started without <c>--trigger</c>.</summary>
    public RunTrigger? Trigger
    {
        get
        {
            Reads.Add(nameof(Trigger));
            var runs = FlowOptionValues.FromTexts(FlowOptions).All(TriggerOnFinishAttribute.TriggerOption);
            return runs.Count > 0 ? new RunTrigger(runs, OpenClient) : null;
        }
    }

    // A spin keeps nothing but its own task: the runs are where the earlier one is.
    private MetaflowClient OpenClient()
    {
        if (Origin is null && Stores is { } own)
        {
            return new MetaflowClient(own.Metadata, own.Blobs);
        }

        var stores = RunStores.Open(
            Origin ?? Datastore!, StoreOptions.Of(Metaflow.Settings.SettingsLoader.ProcessEnvironment(), TimeProvider.System));
        return new MetaflowClient(stores.Metadata, stores.Blobs);
    }

    /// <summary>Gets where the runs are that a spin is beside of; <see langword="null"/> in a run.</summary>
    internal StoreAddress? Origin { get; init; }

    /// <summary>Gets the flow object.</summary>
    internal FlowSpec? Flow { get; init; }

    /// <summary>Gets the decorators of the step.</summary>
    internal StepDecorators? Decorators { get; init; }

    /// <summary>Gets the values of the options that decorators of the flow add, as <c>name=value</c>.</summary>
    internal IReadOnlyList<string> FlowOptions { get; init; } = [];

    /// <summary>Gets where the datastore is.</summary>
    internal StoreAddress? Datastore { get; init; }

    /// <inheritdoc/>
    StoreAddress? IRunScope.Datastore => Datastore;
}
