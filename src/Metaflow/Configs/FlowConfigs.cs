using System.Runtime.CompilerServices;
using Metaflow.Artifacts;
using Metaflow.Cli.Configs;
using Metaflow.Commands;
using Metaflow.Definition;
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
    {
        var wanted = request.Configs.Parsers.Count > 0 || definition.Configs.Count == 0 ? request.Configs : request.Configs with { Parsers = KnownParsers() };
        return ConfigLoader.Load(definition, wanted, settings.Environment, request.WorkingFolder);
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

    // A method of its own, so that the assembly with the formats is loaded only for a flow with configurations.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IReadOnlyList<IConfigParser> KnownParsers() => [new YamlConfigParser()];
}
