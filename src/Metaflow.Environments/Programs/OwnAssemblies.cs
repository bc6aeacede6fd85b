using System.Text.Json;

namespace Metaflow.Environments.Programs;

/// <summary>Finds the assemblies of a program that its author wrote: they are compiled once, and run with the packages of each
/// step.</summary>
internal static class OwnAssemblies
{
    private const string Framework = "Metaflow";
    private const string Assembly = ".dll";

    /// <summary>Returns the files of the author's projects.</summary>
    /// <param name="program">The program.</param>
    /// <param name="dependencies">The content of its <c>.deps.json</c>.</param>
    /// <returns>The absolute paths of those that are there, sorted: the projects in the program's list, and the assembly with the flow. A
    /// project of Metaflow itself, which a program has that is built together with Metaflow, does not count.</returns>
    public static IReadOnlyList<string> Of(CompiledProgram program, JsonElement dependencies)
    {
        var libraries = ProgramPackages.Read(dependencies);
        var ofFramework = OfFramework(libraries);
        var files = libraries.Where(library => !library.IsPackage && !ofFramework.Contains(library.Name))
            .SelectMany(static library => Assets(library.Content)).Select(asset => Path.Combine(program.Folder, asset));
        return
        [
            .. files.Append(program.FlowAssembly).Where(File.Exists).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];
    }

    private static HashSet<string> OfFramework(IReadOnlyList<ProgramLibrary> libraries)
    {
        var byName = libraries.GroupBy(static library => library.Name, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(static group => group.Key, static group => group.First(), StringComparer.OrdinalIgnoreCase);
        var found = new HashSet<string>([Framework], StringComparer.OrdinalIgnoreCase);
        var pending = new Stack<string>(found);
        while (pending.TryPop(out var name))
        {
            if (byName.TryGetValue(name, out var library)
                && library.Content.TryGetProperty("dependencies", out var dependencies))
            {
                foreach (var dependency in dependencies.EnumerateObject().Where(dependency => found.Add(dependency.Name)))
                {
                    pending.Push(dependency.Name);
                }
            }
        }

        return found;
    }

    private static IEnumerable<string> Assets(JsonElement library)
        => library.TryGetProperty("runtime", out var assets)
            ? assets.EnumerateObject().Select(static asset => asset.Name)
                .Where(static name => name.EndsWith(Assembly, StringComparison.OrdinalIgnoreCase))
            : [];
}
