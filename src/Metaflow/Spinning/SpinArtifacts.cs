using Metaflow.Artifacts;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Running;
using Metaflow.Scheduling;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Spinning;

/// <summary>Reads the values that a spin puts in the place of inherited ones.</summary>
internal static class SpinArtifacts
{
    /// <summary>Reads them.</summary>
    /// <param name="flow">The flow, whose cells say the types.</param>
    /// <param name="definition">The flow's definition.</param>
    /// <param name="request">The texts.</param>
    /// <returns>The values by name on disk, serialized.</returns>
    /// <exception cref="ConfigurationException">There is no such artifact (MF2132), or a text is not a value of the type
    /// (MF2004).</exception>
    public static IReadOnlyList<KeyValuePair<string, SerializedArtifact>> Read(
        FlowSpec flow, FlowDefinition definition, SpinRequest request)
    {
        var cells = new List<ArtifactCell>();
        flow.CollectCells(cells);
        var values = new List<KeyValuePair<string, SerializedArtifact>>();
        foreach (var (name, text) in request.Artifacts)
        {
            var cell = cells.Find(cell => cell.Name == name) ?? cells.Find(cell => cell.Name == SnakeCase.FromMember(name))
                ?? throw Unknown(definition, cells, name);
            values.Add(Serialize(cell.Name, cell.ValueType, TypeNameOf(definition, cell), Unquoted(cell.ValueType, text)));
        }

        return values;
    }

    /// <summary>Serializes parameters, and stores the files that they include.</summary>
    /// <param name="parameters">The parameters with their values; of an included file, its path.</param>
    /// <param name="datastore">Where the contents are kept.</param>
    /// <param name="options">The options of stores that files are read from.</param>
    /// <returns>The values by name on disk, serialized.</returns>
    /// <exception cref="ConfigurationException">MF2094: a file cannot be read.</exception>
    public static async Task<IReadOnlyList<KeyValuePair<string, SerializedArtifact>>> StoreAsync(
        IReadOnlyList<KeyValuePair<ParameterDefinition, object?>> parameters, FlowDatastore datastore, StoreOptions options)
    {
        var values = new List<KeyValuePair<string, SerializedArtifact>>();
        foreach (var (parameter, value) in parameters)
        {
            if (parameter.IncludeFile is { } include && value is string path)
            {
                var content = await RunParameters.ReadFileAsync(parameter, path, options).ConfigureAwait(false);
                new IncludedFile(path, include.IsText, include.Encoding, content.Length).RequireReadable(content);
                var url = await datastore.SaveFileAsync(content, default).ConfigureAwait(false);
                values.Add(new(
                    parameter.Name,
                    ArtifactSerializer.SerializePlain(new IncludedFile(url, include.IsText, include.Encoding, content.Length))));
                continue;
            }

            values.Add(new(parameter.Name, ArtifactSerializer.Serialize(value, parameter.ValueType, parameter.Name)));
        }

        return values;
    }

    private static KeyValuePair<string, SerializedArtifact> Serialize(string name, Type type, string typeName, string text)
    {
        var like = new ParameterDefinition { Name = name, MemberName = name, ValueType = type, TypeName = typeName };
        try
        {
            return new(name, ArtifactSerializer.Serialize(ParameterText.Read(like, text), type, name));
        }
        catch (ConfigurationException error) when (error.Code == ErrorCodes.InvalidValue)
        {
            // The text is read as a parameter's; no option has the artifact's name.
            throw new ConfigurationException(
                error.Code, $"The artifact '{name}' cannot be '{text}'.", $"Its type is '{typeName}'.",
                "Use a value of that type as JSON.", error)
            { ExitCode = ExitCodes.Usage };
        }
    }

    // A text may be given as it is or as JSON.
    private static string Unquoted(Type type, string text)
        => type == typeof(string) && text is ['"', .., '"'] ? (string)ParameterText.Read(Text, text)! : text;

    private static ParameterDefinition Text { get; } = new()
    {
        Name = "text",
        MemberName = "Text",
        ValueType = typeof(object),
        TypeName = "object?",
    };

    private static string TypeNameOf(FlowDefinition definition, ArtifactCell cell)
        => definition.Artifacts.FirstOrDefault(artifact => artifact.Name == cell.Name)?.TypeName
            ?? definition.Parameters.FirstOrDefault(parameter => parameter.Name == cell.Name)?.TypeName ?? cell.ValueType.Name;

    private static ConfigurationException Unknown(FlowDefinition definition, IEnumerable<ArtifactCell> cells, string name) => new(
        ErrorCodes.SpinArtifactUnknown,
        $"Flow '{definition.FlowName}' has no artifact '{name}'.",
        $"Its artifacts are {string.Join(", ", cells.Select(static cell => $"'{cell.Name}'").Order(StringComparer.Ordinal))}.",
        "Use the name on disk or the name of the property.")
    { ExitCode = ExitCodes.Usage };
}
