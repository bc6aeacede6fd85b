using Metaflow.Definition;

namespace Metaflow.Cli.Commands;

/// <summary>Finds what users call by the name of its C# member.</summary>
internal static class DeclaredNames
{
    /// <summary>Returns the name on disk of an artifact or a parameter of a flow.</summary>
    /// <param name="definition">The flow.</param>
    /// <param name="name">The name on disk, the C# property's, or that of the parameter's option.</param>
    /// <returns>The name on disk; <see langword="null"/> when the flow declares nothing of the name.</returns>
    public static string? OnDisk(FlowDefinition definition, string name)
        => All(definition).Where(declared => declared.Name == name || declared.Member == name || declared.Name == name.Replace('-', '_'))
            .Select(static declared => declared.Name).FirstOrDefault();

    /// <summary>Returns the names on disk of artifacts that a user lists.</summary>
    /// <param name="list">What was typed, with commas; <see langword="null"/> for none.</param>
    /// <param name="definition">The flow.</param>
    public static string[] Given(string? list, FlowDefinition definition)
        => [.. (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(name => OnDisk(definition, name) ?? name)];

    /// <summary>Returns the names on disk of all artifacts and parameters.</summary>
    /// <param name="definition">The flow.</param>
    public static IEnumerable<string> Names(FlowDefinition definition) => All(definition).Select(static declared => declared.Name);

    private static IEnumerable<(string Name, string Member)> All(FlowDefinition definition)
        => definition.Artifacts.Select(static artifact => (artifact.Name, artifact.MemberName))
            .Concat(definition.Parameters.Select(static parameter => (parameter.Name, parameter.MemberName)));
}
