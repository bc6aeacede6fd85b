using Metaflow.Artifacts;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Serialization;

namespace Metaflow.Configs;

/// <summary>Reads parameters and configurations that an earlier run stored, perhaps of an earlier version of the flow: each as a step will
/// read it.</summary>
internal static class StoredInput
{
    /// <summary>Says why a stored parameter cannot be taken over.</summary>
    /// <param name="parameters">The artifacts of the run's task <c>_parameters</c>, which has the parameter.</param>
    /// <param name="parameter">The parameter as it is declared now.</param>
    /// <returns>A sentence, or <see langword="null"/> when it can be taken over. What is damaged is reported when it is taken
    /// over.</returns>
    public static string? WhyUnfit(TaskArtifacts parameters, ParameterDefinition parameter)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(parameter);
        var isFile = IncludedContent.Is(parameters.Records[parameter.Name]) is true;
        if (parameter.IncludeFile is not null)
        {
            return isFile ? null : WhyNoFile(parameters, parameter);
        }

        // The content of a file is a value of every type that reads it, and is not loaded to find that out.
        return isFile
            && (parameter.ValueType == typeof(string) || parameter.ValueType == typeof(byte[]) || parameter.ValueType == typeof(object))
            ? null
            : TryLoad(parameters, parameter.Name, parameter.ValueType, parameter.IsRequired, out _);
    }

    /// <summary>Says why a stored configuration cannot be taken over.</summary>
    /// <param name="parameters">The artifacts of the run's task <c>_parameters</c>, which has the configuration.</param>
    /// <param name="config">The configuration as it is declared now.</param>
    /// <returns>A sentence, or <see langword="null"/> when it can be taken over.</returns>
    public static string? WhyUnfit(TaskArtifacts parameters, ConfigDefinition config)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(config);
        return TryRead(parameters, config, out _);
    }

    /// <summary>Reads a stored configuration.</summary>
    /// <param name="parameters">The artifacts of the run's task <c>_parameters</c>, which has the configuration.</param>
    /// <param name="config">The configuration as it is declared now.</param>
    /// <param name="value">The value.</param>
    /// <returns>Why it cannot be taken over, as a sentence; <see langword="null"/> when it can.</returns>
    internal static string? TryRead(TaskArtifacts parameters, ConfigDefinition config, out object? value)
    {
        if (TryLoad(parameters, config.Name, config.ValueType, config.IsRequired, out value) is { } problem)
        {
            return problem;
        }

        try
        {
            var plain = parameters.LoadPlain(config.Name);
            value = plain is null ? null : ParameterJson.Read(config.ValueType, ConfigNode.Of(plain), NullMap.Unknown, isStored: true);
            return null;
        }
        catch (FormatException error)
        {
            return Sentence.Of($"The configuration '{config.Name}' is not a '{config.TypeName}' in that run: "
                + $"{error.Message.TrimEnd('.')}");
        }
    }

    /// <summary>Makes the error of values that do not fit.</summary>
    /// <param name="task">The task that stores them.</param>
    /// <param name="problems">What does not fit, as sentences.</param>
    /// <param name="fix">What to do.</param>
    /// <returns>The error.</returns>
    public static ConfigurationException DoNotFit(TaskPath task, IEnumerable<string> problems, string fix)
    {
        ArgumentNullException.ThrowIfNull(task);
        return new(
            ErrorCodes.InputsHaveChanged,
            $"The parameters and configurations of run '{task.Flow}/{task.RunId}' do not fit the current flow.",
            string.Join(" ", problems),
            fix)
        {
            ExitCode = ExitCodes.Usage,
            Pathspec = $"{task.Flow}/{task.RunId}",
        };
    }

    private static string? TryLoad(TaskArtifacts parameters, string name, Type type, bool isRequired, out object? value)
    {
        value = null;
        try
        {
            value = ArtifactSerializer.Deserialize(parameters.LoadPayload(name), parameters.Records[name].Encoding, type, name);
            return value is null ? WhyNoValue(name, isRequired) : null;
        }
        catch (StorageException error)
            when (error.Code is ErrorCodes.ValueDoesNotFit or ErrorCodes.MemberThrew or ErrorCodes.TypeCannotBeConstructed)
        {
            return error.What;
        }
        catch (StorageException)
        {
            return null;
        }
    }

    // A run that was given no file has stored that it has none.
    private static string? WhyNoFile(TaskArtifacts parameters, ParameterDefinition parameter)
    {
        var name = parameter.Name;
        try
        {
            var plain = ArtifactSerializer.DeserializePlain(parameters.LoadPayload(name), parameters.Records[name].Encoding);
            return plain is null ? WhyNoValue(name, parameter.IsRequired)
                : IncludedContent.Descriptor(plain) is null ? $"The parameter '{name}' is not an included file in that run."
                : null;
        }
        catch (StorageException)
        {
            return null;
        }
    }

    private static string? WhyNoValue(string name, bool isRequired)
        => isRequired ? $"'{name}' has no value in that run, but needs one now." : null;
}
