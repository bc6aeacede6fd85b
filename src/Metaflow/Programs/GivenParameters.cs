using System.Collections;
using System.Reflection;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Programs;

/// <summary>Reads the parameters that code gives: the properties of an object, or the entries of a dictionary.</summary>
internal static class GivenParameters
{
    /// <summary>Reads them.</summary>
    /// <param name="definition">The flow.</param>
    /// <param name="given">The object or dictionary; <see langword="null"/> for none.</param>
    /// <returns>The values by name on disk; names that the flow does not know are left as they are, to be refused later.</returns>
    /// <exception cref="ConfigurationException">MF2130: it is neither; MF2078: two names are spellings of one.</exception>
    public static IReadOnlyDictionary<string, object?> Of(FlowDefinition definition, object? given)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        var spellings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in Entries(definition, given))
        {
            var parameter = definition.Parameters.FirstOrDefault(known => known.MemberName == name || known.Name == name)
                ?? definition.Parameters.FirstOrDefault(known => known.Name == SnakeCase.FromMember(name));
            var known = parameter?.Name ?? SnakeCase.FromMember(name);
            if (!values.TryAdd(known, value))
            {
                throw GivenTwice(known, spellings[known], name);
            }

            spellings[known] = name;
        }

        return values;
    }

    private static IEnumerable<(string Name, object? Value)> Entries(FlowDefinition definition, object? given) => given switch
    {
        null => [],
        IDictionary entries =>
            entries.Keys.Cast<object>().Select(key => (key as string ?? throw NotNamed(definition, given), entries[key])),
        IEnumerable<KeyValuePair<string, object?>> entries => entries.Select(static entry => (entry.Key, entry.Value)),
        IEnumerable<KeyValuePair<string, string>> entries => entries.Select(static entry => (entry.Key, (object?)entry.Value)),
        IEnumerable or IConvertible => throw NotNamed(definition, given),
        _ => given.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(static property => property.CanRead && property.GetIndexParameters().Length == 0)
            .Select(property => (property.Name, property.GetValue(given))),
    };

    private static ConfigurationException GivenTwice(string parameter, string first, string second) => new(
        ErrorCodes.ParameterGivenTwice,
        $"The parameter '{parameter}' is given twice: as '{first}' and as '{second}'.",
        "These are two spellings of one name. Metaflow cannot know which of the two values you mean.",
        "Keep only one of them.");

    private static ConfigurationException NotNamed(FlowDefinition definition, object given) => new(
        ErrorCodes.ParametersNotNamed,
        $"The parameters given to flow '{definition.FlowName}' are of type '{given.GetType().Name}'.",
        "Each value needs the name of its parameter.",
        "Give an object with properties, such as 'new { alpha = 0.5 }', or a dictionary by name.");
}
