using Metaflow.Artifacts;
using Metaflow.Configs;
using Metaflow.Definition;
using Metaflow.Naming;
using Metaflow.Running;
using Metaflow.Serialization;
using Metaflow.Settings;

namespace Metaflow.Spinning;

/// <summary>The parameters and configurations of the earlier run. Its program may have been an earlier version of the flow's: what it did
/// not have is found as for a new run.</summary>
internal sealed class SpinInputs
{
    private readonly TaskArtifacts _earlier;

    private SpinInputs(TaskArtifacts earlier) => _earlier = earlier;

    /// <summary>Opens them.</summary>
    /// <param name="stores">Where the earlier run is.</param>
    /// <param name="task">A task of the earlier run.</param>
    /// <returns>The inputs.</returns>
    public static async Task<SpinInputs> OpenAsync(SpinStores stores, TaskPath task)
        => new(await stores.Earlier.OpenTaskAsync(
            task with { Step = TaskPath.ParametersStep, TaskId = "0" }, null, default).ConfigureAwait(false));

    /// <summary>Lets the flow's decorators have the configurations.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="definition">Its definition.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="settings">The settings.</param>
    /// <returns>The configurations that the earlier run does not have, by name on disk.</returns>
    /// <exception cref="Errors.ConfigurationException">MF6003: what is stored does not fit the flow; MF2042: one is missing.</exception>
    public IReadOnlyList<KeyValuePair<string, SerializedArtifact>> TakeConfigs(
        FlowSpec flow, FlowDefinition definition, SpinRequest request, MetaflowSettings settings)
    {
        if (definition.Configs.Count == 0)
        {
            return [];
        }

        var (kept, others) = FlowConfigs.Take(
            definition, _earlier, new RunRequest { WorkingFolder = request.WorkingFolder }, settings, "spin");
        FlowConfigs.Bind(flow, kept.With(others));
        return others.Artifacts;
    }

    /// <summary>Finds the parameters that are given, and those that the earlier run does not have.</summary>
    /// <param name="definition">The flow's definition.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="replaced">The names on disk of the artifacts that are given.</param>
    /// <param name="settings">The settings.</param>
    /// <returns>The parameters and their values.</returns>
    /// <exception cref="Errors.ConfigurationException">MF6003: what is stored does not fit the flow; MF2003, MF2004: a value is missing or
    /// wrong.</exception>
    public IReadOnlyList<KeyValuePair<ParameterDefinition, object?>> TakeParameters(
        FlowDefinition definition, SpinRequest request, IReadOnlyCollection<string> replaced, MetaflowSettings settings)
    {
        var kept = new KeptInputs(definition, _earlier);
        kept.RequireFit(parameter => IsGiven(request, parameter) || replaced.Contains(parameter.Name));
        IReadOnlyList<ParameterDefinition> wanted =
        [
            .. definition.Parameters.Where(parameter => IsGiven(request, parameter))
                .Union(kept.NewParameters.Where(parameter => !replaced.Contains(parameter.Name))),
        ];
        if (wanted.Count == 0)
        {
            return [];
        }

        var values = ParameterValues.Resolve(
            definition with { Parameters = [.. wanted] }, request.Parameters, settings.Environment, request.WorkingFolder);
        return [.. wanted.Select(parameter => KeyValuePair.Create(parameter, values[parameter.Name]))];
    }

    private static bool IsGiven(SpinRequest request, ParameterDefinition parameter)
        => request.Parameters.Keys.Any(name => name.Replace('-', '_') == parameter.Name.Replace('-', '_'));
}
