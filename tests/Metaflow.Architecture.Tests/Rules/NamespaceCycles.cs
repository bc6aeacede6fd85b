using Metaflow.Architecture.Tests.Sources;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Architecture.Tests.Rules;

/// <summary>The namespaces of a project form no cycle, nor do the folders over which one namespace is spread. The root namespace is a
/// facade over all others and exempt; so are the files in a namespace's own folder, which are the facade over its sub-folders.</summary>
internal static class NamespaceCycles
{
    private const string Facade = "Metaflow";

    public static IReadOnlyList<string> Check(ProjectCompilation project) => Check(project, References(project));

    /// <summary>Looks at sub-folders whose files have the namespace of the folder above them.</summary>
    public static IReadOnlyList<string> CheckFolders(ProjectCompilation project) => Check(project, FolderReferences(project));

    private static List<string> Check(ProjectCompilation project, IEnumerable<(string From, string To, string Place)> references)
    {
        var edges = new Dictionary<string, SortedDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var (from, to, place) in references)
        {
            if (!edges.TryGetValue(from, out var targets))
            {
                edges[from] = targets = new SortedDictionary<string, string>(StringComparer.Ordinal);
            }

            targets.TryAdd(to, place);
        }

        return edges.Keys.Order(StringComparer.Ordinal)
            .Select(start => PathBack(start, edges))
            .Where(static path => path is not null)
            .Select(path => $"'{project.Project}' has a cycle: {path}.")
            .ToList();
    }

    private static IEnumerable<(string From, string To, string Place)> References(ProjectCompilation project)
    {
        foreach (var (name, target) in project.OwnNames)
        {
            var from = DeclaredNamespace(name);
            var to = target.ContainingNamespace is { IsGlobalNamespace: false } container ? container.ToDisplayString() : null;
            if (from is not null && to is not null && from != to && from != Facade && to != Facade)
            {
                yield return (from, to, PlaceOf(name));
            }
        }
    }

    private static IEnumerable<(string From, string To, string Place)> FolderReferences(ProjectCompilation project)
    {
        foreach (var (name, target) in project.OwnNames)
        {
            var from = SubFolder(name);
            foreach (var to in target.DeclaringSyntaxReferences.Select(static declaration => SubFolder(declaration.GetSyntax())).Distinct())
            {
                if (from is not null && to is not null && from != to
                    && DeclaredNamespace(name) == target.ContainingNamespace.ToDisplayString())
                {
                    yield return (from, to, PlaceOf(name));
                }
            }
        }
    }

    private static string? DeclaredNamespace(SyntaxNode node)
        => node.FirstAncestorOrSelf<BaseNamespaceDeclarationSyntax>()?.Name.ToString();

    /// <summary>Returns the namespace and the folder below the one that has its name; null for what is in neither.</summary>
    private static string? SubFolder(SyntaxNode node)
    {
        if (DeclaredNamespace(node) is not { } name || name == Facade)
        {
            return null;
        }

        var folders = Path.GetDirectoryName(node.SyntaxTree.FilePath)!.Replace('\\', '/').Split('/');
        var own = Array.LastIndexOf(folders, name[(name.LastIndexOf('.') + 1)..]);
        return own >= 0 && own < folders.Length - 1 ? $"{name}/{string.Join('/', folders[(own + 1)..])}" : null;
    }

    private static string PlaceOf(SyntaxNode node)
        => $"{node.SyntaxTree.FilePath}:{node.GetLocation().GetLineSpan().StartLinePosition.Line + 1}";

    // The shortest way from a namespace back to itself, with the place of each reference.
    private static string? PathBack(string start, Dictionary<string, SortedDictionary<string, string>> edges)
    {
        var cameFrom = new Dictionary<string, string>(StringComparer.Ordinal);
        var queue = new Queue<string>([start]);
        while (queue.TryDequeue(out var current))
        {
            foreach (var (next, _) in edges.GetValueOrDefault(current) ?? [])
            {
                if (next == start)
                {
                    return Describe(start, current, cameFrom, edges);
                }

                if (cameFrom.TryAdd(next, current))
                {
                    queue.Enqueue(next);
                }
            }
        }

        return null;
    }

    private static string Describe(
        string start, string last, Dictionary<string, string> cameFrom, Dictionary<string, SortedDictionary<string, string>> edges)
    {
        var path = new List<string> { $"{start} ({edges[last][start]})" };
        for (var current = last; current != start; current = cameFrom[current])
        {
            path.Insert(0, $"{current} ({edges[cameFrom[current]][current]})");
        }

        return $"{start} -> {string.Join(" -> ", path)}";
    }
}
