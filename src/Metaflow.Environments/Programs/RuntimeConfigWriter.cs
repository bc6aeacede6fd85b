using System.Text.Json;
using Metaflow.Errors;
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

    /// <summary>The property with the folder that has the packages of conda and PyPI.</summary>
    public const string PrefixProperty = "Metaflow.EnvironmentPrefix";

    /// <summary>The property with the variables that programs of that folder need: a JSON object of texts.</summary>
    public const string ActivationProperty = "Metaflow.EnvironmentActivation";

    private const string OwnRuntime = "Microsoft.NETCore.App";

    /// <summary>Writes the file.</summary>
    /// <param name="runtimeConfig">The program's own file.</param>
    /// <param name="properties">The properties to add, by name.</param>
    /// <param name="frameworks">Shared frameworks that the packages need, beside those of the program.</param>
    /// <param name="runtime">The version of .NET to run on; <see langword="null"/> for what the program's own file asks for.</param>
    /// <returns>The JSON.</returns>
    /// <exception cref="ConfigurationException">MF7107: more frameworks are needed than the runtime has.</exception>
    public static byte[] Write(
        JsonElement runtimeConfig, IReadOnlyDictionary<string, string> properties, IReadOnlyCollection<string> frameworks,
        string? runtime)
        => RecordJson.Write(json =>
        {
            json.WriteStartObject("runtimeOptions");
            var options = runtimeConfig.GetProperty("runtimeOptions");
            foreach (var option in options.EnumerateObject().Where(static option => !IsRewritten(option.Name)))
            {
                option.WriteTo(json);
            }

            WriteFrameworks(json, options, frameworks, runtime);
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

    private static void WriteFrameworks(Utf8JsonWriter json, JsonElement options, IReadOnlyCollection<string> added, string? runtime)
    {
        List<JsonElement> known = options.TryGetProperty("frameworks", out var several) ? [.. several.EnumerateArray()]
            : options.TryGetProperty("framework", out var one) ? [one] : [];
        var names = known.ConvertAll(static framework => framework.GetProperty("name").GetString()!);
        json.WriteStartArray("frameworks");
        if (runtime is not null)
        {
            RequireOnlyRuntime(names.Union(added), runtime);
            Write(json, OwnRuntime, runtime);
        }
        else
        {
            foreach (var framework in known)
            {
                framework.WriteTo(json);
            }

            var version = known.Count > 0 ? known[0].GetProperty("version").GetString()! : Environment.Version.ToString(3);
            foreach (var name in added.Except(names, StringComparer.Ordinal))
            {
                Write(json, name, version);
            }
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string framework, string version)
    {
        json.WriteStartObject();
        json.WriteString("name", framework);
        json.WriteString("version", version);
        json.WriteEndObject();
    }

    private static void RequireOnlyRuntime(IEnumerable<string> frameworks, string version)
    {
        if (frameworks.FirstOrDefault(static name => name != OwnRuntime) is { } other)
        {
            throw new ConfigurationException(
                ErrorCodes.RuntimeUnsuitable,
                $"The runtime .NET {version} that [DotNet] asks for cannot run the program.",
                $"The program or a package of the step needs the shared framework '{other}', which the runtime does not have.",
                $"Remove [DotNet], so that the step runs on the installed .NET; or remove what needs '{other}'.");
        }
    }
}
