using System.Text.Json;
using Metaflow.Storage;

namespace Metaflow.Environments.Programs;

/// <summary>Writes the <c>.runtimeconfig.json</c> of a program that starts with the packages of an environment: the program's own, and
/// what the process has to know about itself.</summary>
internal static class RuntimeConfigWriter
{
    /// <summary>The property with the identity of the environment: a JSON list of both hashes and the kind of machine.</summary>
    public const string EnvironmentProperty = "Metaflow.StepEnvironment";

    /// <summary>The property with the folder of the program. .NET would say that it is the folder of the dependency file.</summary>
    public const string FolderProperty = "Metaflow.ProgramFolder";

    /// <summary>Writes the file.</summary>
    /// <param name="runtimeConfig">The program's own file.</param>
    /// <param name="properties">The properties to add, by name.</param>
    /// <param name="frameworks">Shared frameworks that the packages need, beside those of the program.</param>
    /// <returns>The JSON.</returns>
    public static byte[] Write(
        JsonElement runtimeConfig, IReadOnlyDictionary<string, string> properties, IReadOnlyCollection<string> frameworks)
        => RecordJson.Write(json =>
        {
            json.WriteStartObject("runtimeOptions");
            var options = runtimeConfig.GetProperty("runtimeOptions");
            foreach (var option in options.EnumerateObject().Where(static option => !IsRewritten(option.Name)))
            {
                option.WriteTo(json);
            }

            WriteFrameworks(json, options, frameworks);
            json.WriteStartObject("configProperties");
            if (options.TryGetProperty("configProperties", out var known))
            {
                foreach (var property in known.EnumerateObject().Where(property => !properties.ContainsKey(property.Name)))
                {
                    property.WriteTo(json);
                }
            }

            foreach (var (name, value) in properties)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        });

    private static bool IsRewritten(string option) => option is "configProperties" or "framework" or "frameworks";

    private static void WriteFrameworks(Utf8JsonWriter json, JsonElement options, IReadOnlyCollection<string> added)
    {
        List<JsonElement> known = options.TryGetProperty("frameworks", out var several) ? [.. several.EnumerateArray()]
            : options.TryGetProperty("framework", out var one) ? [one] : [];
        var names = known.ConvertAll(static framework => framework.GetProperty("name").GetString()!);
        json.WriteStartArray("frameworks");
        foreach (var framework in known)
        {
            framework.WriteTo(json);
        }

        foreach (var name in added.Except(names, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("version", known.Count > 0 ? known[0].GetProperty("version").GetString() : Environment.Version.ToString(3));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
