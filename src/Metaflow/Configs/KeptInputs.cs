using Metaflow.Artifacts;
using Metaflow.Definition;

namespace Metaflow.Configs;

/// <summary>The parameters that a run takes over from an earlier one, whose program may have been an earlier version of the
/// flow's.</summary>
/// <param name="definition">The flow as it is now.</param>
/// <param name="earlier">The artifacts of the earlier run's task <c>_parameters</c>.</param>
internal sealed class KeptInputs(FlowDefinition definition, TaskArtifacts earlier)
{
    /// <summary>Returns the parameters that the earlier run does not have.</summary>
    public IReadOnlyList<ParameterDefinition> NewParameters
        => [.. definition.Parameters.Where(parameter => !earlier.Contains(parameter.Name))];

    /// <summary>Refuses values that no step could read.</summary>
    /// <param name="isGiven">Says of a parameter whether it gets another value.</param>
    /// <exception cref="Errors.ConfigurationException">MF6003. The exit code is 2.</exception>
    public void RequireFit(Func<ParameterDefinition, bool> isGiven)
    {
        var unfit = definition.Parameters.Where(parameter => earlier.Contains(parameter.Name) && !isGiven(parameter))
            .Select(parameter => (parameter.OptionName, Why: StoredInput.WhyUnfit(earlier, parameter)))
            .Where(static problem => problem.Why is not null).ToList();
        if (unfit.Count > 0)
        {
            throw StoredInput.DoNotFit(
                earlier.Task,
                unfit.Select(static problem => problem.Why!),
                $"Give a value: {string.Join(", ", unfit.Select(static problem => $"'{problem.OptionName}'"))}.");
        }
    }

    /// <summary>Refuses to continue a run that does not have all parameters and configurations of the flow, or has values that do not
    /// fit.</summary>
    /// <param name="runId">The run.</param>
    /// <exception cref="Errors.ConfigurationException">MF6003. The exit code is 2.</exception>
    public void RequireAll(string runId)
    {
        List<string> problems =
        [
            .. NewParameters.Select(static parameter => $"The flow has the parameter '{parameter.Name}', for which the run has no value."),
            .. definition.Configs.Where(config => !earlier.Contains(config.Name))
                .Select(static config => $"The flow has the configuration '{config.Name}', for which the run has no value."),
            .. definition.Parameters.Where(parameter => earlier.Contains(parameter.Name))
                .Select(parameter => StoredInput.WhyUnfit(earlier, parameter)).OfType<string>(),
            .. definition.Configs.Where(config => earlier.Contains(config.Name))
                .Select(config => StoredInput.WhyUnfit(earlier, config)).OfType<string>(),
        ];
        if (problems.Count > 0)
        {
            throw StoredInput.DoNotFit(
                earlier.Task, problems,
                "Continue the run with the program that started it, or start a new run from what it finished: 'resume "
                    + $"--origin-run-id {runId}'.");
        }
    }
}
