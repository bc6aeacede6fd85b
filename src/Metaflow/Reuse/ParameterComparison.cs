using System.Buffers;
using Metaflow.Artifacts;
using Metaflow.Configs;
using Metaflow.Definition;
using Metaflow.Platform;
using Metaflow.Scheduling;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Reuse;

/// <summary>Compares the parameters that are given to a resume with those of the resumed run.</summary>
/// <param name="context">What the new run works with.</param>
/// <param name="origin">The parameters of the resumed run.</param>
internal sealed class ParameterComparison(RunContext context, TaskArtifacts origin)
{
    /// <summary>Returns the values that the new run takes over: those of all parameters that are not given.</summary>
    /// <returns>The records by name on disk. A parameter that the resumed run did not have is not among them.</returns>
    public IReadOnlyDictionary<string, ArtifactRecord> Kept() => context.Definition.Parameters
        .Where(parameter => !IsGiven(parameter) && origin.Records.ContainsKey(parameter.Name))
        .ToDictionary(static parameter => parameter.Name, parameter => origin.Records[parameter.Name], StringComparer.Ordinal);

    /// <summary>Refuses values of the resumed run that the flow, as it is now, could not read.</summary>
    /// <exception cref="Errors.ConfigurationException">MF6003. The exit code is 2.</exception>
    public void RequireFit() => new KeptInputs(context.Definition, origin).RequireFit(IsGiven);

    /// <summary>Finds the values that the new run does not take over.</summary>
    /// <returns>The values by name on disk.</returns>
    /// <exception cref="Errors.ConfigurationException">A value is missing or wrong (MF20xx).</exception>
    public IReadOnlyDictionary<string, object?> Given() => RunParameters.Resolve(context, Kept());

    /// <summary>Returns the parameters that have another value than in the resumed run. One that is given the same value has not.</summary>
    /// <param name="values">The values that the new run does not take over.</param>
    /// <returns>The names on disk.</returns>
    public IReadOnlyList<string> Changed(IReadOnlyDictionary<string, object?> values) =>
    [
        .. context.Definition.Parameters
            .Where(parameter => values.TryGetValue(parameter.Name, out var value) && Differs(parameter, value))
            .Select(static parameter => parameter.Name),
    ];

    private bool IsGiven(ParameterDefinition parameter)
        => context.Request.Parameters.Keys.Concat(context.Request.Values?.Keys ?? [])
            .Any(name => name.Replace('-', '_') == parameter.Name.Replace('-', '_'));

    private bool Differs(ParameterDefinition parameter, object? value)
    {
        if (!origin.Records.TryGetValue(parameter.Name, out var record))
        {
            return true;
        }

        return parameter.IncludeFile is not null && value is string path
            ? HashOf(path) != origin.Load<IncludedFile>(parameter.Name).Url.Split('/')[^1]
            : ContentAddressedStore.KeyOf(ArtifactSerializer.Serialize(value, parameter.ValueType).Payload) != record.Key;
    }

    // What cannot be read differs: the run says why, when it stores the parameters.
    private string? HashOf(string path)
    {
        var content = AddressedFile.IsAddress(path)
            ? Completion.Of(() => AddressedFile.ReadAsync(path, context.StoreOptions, CancellationToken.None))
            : UserFile.ReadAllBytes(path);
        return content is null ? null : ContentAddressedStore.KeyOf(new ReadOnlySequence<byte>(content));
    }
}
