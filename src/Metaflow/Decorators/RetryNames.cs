using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Metaflow.Graph;
using Metaflow.Graph.Rules;

namespace Metaflow.Decorators;

/// <summary>Tells the exceptions that <c>[Retry]</c> names and that no class of the program is. Before a run only: a task never
/// asks.</summary>
internal static class RetryNames
{
    /// <summary>Looks the names up.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="graph">Its steps.</param>
    /// <param name="with">The decorators given at run time.</param>
    /// <returns>Warnings: an assembly that the program does not list may be loaded later.</returns>
    public static IEnumerable<GraphProblem> Check(FlowSpec flow, FlowGraph graph, IReadOnlyList<string> with)
    {
        var all = new Lazy<HashSet<string>?>(NamesOfProgram);
        return graph.Steps.SelectMany(step => new StepDecorators(flow, step.Name, with).Find<RetryAttribute>() is not { } retry ? []
            : Mistakes(step, nameof(retry.On), retry.On).Concat(Mistakes(step, nameof(retry.NotOn), retry.NotOn)));

        IEnumerable<GraphProblem> Mistakes(StepNode step, string argument, IEnumerable<string?> names)
            => DecoratorRules.CheckRetryNamesKnown(
                $"step '{step.Name}'", argument, names, IsKnown,
                () => all.Value!.Where(static name => name.EndsWith("Exception", StringComparison.Ordinal)
                    && !name.Contains('.', StringComparison.Ordinal)))
                .Select(mistake => new GraphProblem(
                    mistake.Code, ProblemSeverity.Warning, mistake.What, mistake.Why, mistake.Fix, step.Name, step.Line, step.SourceFile));

        bool IsKnown(string name) => IsNearby(flow.GetType(), name) || all.Value?.Contains(name) != false;
    }

    /// <summary>Most names are those of the runtime's library or of the author's assembly, which are loaded.</summary>
    private static bool IsNearby(Type flow, string name)
    {
        if (typeof(Exception).Assembly.GetType(name) is not null || typeof(Exception).Assembly.GetType("System." + name) is not null)
        {
            return true;
        }

        for (var type = flow; type is not null && type != typeof(FlowSpec); type = type.BaseType)
        {
            if (type.Assembly.GetTypes().Any(other => other.Name == name || other.FullName == name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Returns the names, with and without namespace, of all classes that the program may load; <see langword="null"/> where it
    /// does not list its assemblies.</summary>
    private static HashSet<string>? NamesOfProgram()
    {
        if (AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") is not string { Length: > 0 } files)
        {
            return null;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in files.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            AddNames(file, names);
        }

        return names;
    }

    // The metadata is read, not the assembly loaded: that would run code of the author's, and take long.
    private static void AddNames(string file, HashSet<string> names)
    {
        try
        {
            using var reader = new PEReader(File.OpenRead(file));
            if (!reader.HasMetadata)
            {
                return;
            }

            var metadata = reader.GetMetadataReader();
            foreach (var handle in metadata.TypeDefinitions)
            {
                names.Add(metadata.GetString(metadata.GetTypeDefinition(handle).Name));
                names.Add(FullName(metadata, handle));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            // What cannot be read names nothing; a program that needs it says so itself.
        }
    }

    private static string FullName(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        var name = metadata.GetString(type.Name);
        return type.GetDeclaringType() is { IsNil: false } outer
            ? $"{FullName(metadata, outer)}+{name}"
            : type.Namespace.IsNil
            ? name
            : $"{metadata.GetString(type.Namespace)}.{name}";
    }
}
