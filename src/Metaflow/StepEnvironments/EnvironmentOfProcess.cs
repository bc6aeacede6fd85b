using System.Runtime.Loader;
using System.Text.Json;
using System.Text.Json.Serialization;
using Metaflow.Environments.Programs;
using Metaflow.Platform;
using Metaflow.PythonSteps;

namespace Metaflow.StepEnvironments;

/// <summary>The environment of packages that this process was started with.</summary>
/// <remarks>It runs in each process before the code of the author, so it does nothing in those that have none.</remarks>
internal static class EnvironmentOfProcess
{
    /// <summary>Gets the identity of the environment, a JSON list of both hashes and the kind of machine; <see langword="null"/> if the
    /// process has the packages that its program was compiled with.</summary>
    public static string? Id => AppContext.GetData(RuntimeConfigWriter.EnvironmentProperty) as string;

    /// <summary>Gets the absolute path of the folder with the packages of conda and PyPI; <see langword="null"/> if there are
    /// none.</summary>
    public static string? Prefix => AppContext.GetData(RuntimeConfigWriter.PrefixProperty) as string;

    /// <summary>Gets the variables that programs of that folder need.</summary>
    public static IReadOnlyDictionary<string, string> Activation
        => AppContext.GetData(RuntimeConfigWriter.ActivationProperty) is string json
            ? JsonSerializer.Deserialize(json, ActivationJson.Default.DictionaryStringString)! : new Dictionary<string, string>();

    /// <summary>Lets the runtime take the packages of the environment, also those that are older than the program was compiled with, which
    /// it refuses otherwise.</summary>
    public static void Attach()
    {
        if (Prefix is { } prefix)
        {
            // What the step starts by its name is found in the environment.
            Environment.SetEnvironmentVariable("PATH", string.Join(
                Path.PathSeparator, [.. PrefixPrograms.FoldersOf(prefix), ProcessVariables.ValueOf("PATH") ?? ""]));
        }

        if (AppContext.GetData(RuntimeConfigWriter.FolderProperty) is string folder)
        {
            // The runtime's host takes the folder of the list of packages for that of the program.
            AppContext.SetData("APP_CONTEXT_BASE_DIRECTORY", folder);

            // Only assemblies that the runtime found too old are looked for.
            var files = new Lazy<Dictionary<string, string>>(Files);
            AssemblyLoadContext.Default.Resolving += (context, name) =>
                name.Name is { } simple && files.Value.TryGetValue(simple, out var file) ? context.LoadFromAssemblyPath(file) : null;
        }
    }

    private static Dictionary<string, string> Files()
    {
        var files = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var file in ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator))
        {
            files.TryAdd(Path.GetFileNameWithoutExtension(file), file);
        }

        return files;
    }
}

/// <summary>Reads the variables without reflection.</summary>
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class ActivationJson : JsonSerializerContext;
