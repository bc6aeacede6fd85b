using Metaflow.Artifacts;
using Metaflow.Definition;
using Metaflow.Plugins;
using Metaflow.Running;
using Metaflow.Settings;

namespace Metaflow.Configs;

/// <summary>Gives a flow object of the scheduler its configurations, before anything else is asked of it.</summary>
internal static class FlowConfigs
{
    /// <summary>Reads the configurations.</summary>
    /// <param name="definition">The flow.</param>
    /// <param name="request">What the user asked for.</param>
    /// <param name="settings">The settings.</param>
    /// <returns>The configurations.</returns>
    /// <exception cref="Errors.ConfigurationException">MF2040 to MF2045. The exit code is 2.</exception>
    public static ConfigSet Load(FlowDefinition definition, RunRequest request, MetaflowSettings settings)
        => Load(definition, request, settings, null);

    private static ConfigSet Load(
        FlowDefinition definition, RunRequest request, MetaflowSettings settings, Func<ConfigDefinition, bool>? isWanted)
    {
        var wanted = request.Configs.Parsers.Count > 0 || definition.Configs.Count == 0
            ? request.Configs
            : request.Configs with { Parsers = ProgramPlugins.Registry.All<IConfigParser>() };
        return ConfigLoader.Load(definition, wanted, settings.Environment, request.WorkingFolder, isWanted);
    }

    /// <summary>Takes the configurations of an earlier run. Those that it does not have, as its program did not, are read as for a new
    /// run.</summary>
    /// <param name="definition">The flow.</param>
    /// <param name="earlier">The artifacts of the earlier run's task <c>_parameters</c>.</param>
    /// <param name="request">What the user asked for.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="command">The command that takes them.</param>
    /// <returns>The configurations of the earlier run, and the others.</returns>
    /// <exception cref="Errors.ConfigurationException">MF6003: what is stored does not fit; MF2043: one that the run has was given; MF2040
    /// to MF2045 of the others. The exit code is 2.</exception>
    public static (ConfigSet Kept, ConfigSet Others) Take(
        FlowDefinition definition, TaskArtifacts earlier, RunRequest request, MetaflowSettings settings, string command)
    {
        var kept = ConfigSet.Of(definition, earlier);
        ConfigLoader.Check(definition, request.Configs, settings.Environment);
        ConfigLoader.Refuse(request.Configs, definition.Configs.Where(config => kept.Contains(config.Name)), command);
        return (kept, Load(definition, request, settings, config => !kept.Contains(config.Name)));
    }

    /// <summary>Lets computed defaults and decorators read the configurations.</summary>
    /// <param name="flow">The flow object.</param>
    /// <param name="configs">The configurations.</param>
    /// <returns>The flow's definition, in which decorators have what their texts refer to.</returns>
    public static FlowDefinition Bind(FlowSpec flow, ConfigSet configs)
    {
        flow.ConfigTexts = configs.ToTexts();
        var cells = new List<ArtifactCell>();
        flow.CollectCells(cells);
        foreach (var (name, value) in configs.Values)
        {
            cells.Find(cell => cell.Name == name)?.Put(value);
        }

        var builder = new FlowDefinitionBuilder();
        flow.Describe(builder);
        return builder.Build();
    }
}
