using Metaflow.Architecture.Tests.Sources;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Architecture.Tests.Rules;

/// <summary>The namespaces of a project form no cycle. The root namespace is a facade over all others and exempt.</summary>
internal static class NamespaceCycles
{
    private const string Facade = "Metaflow";

    public static IReadOnlyList<string> Check(ProjectCompilation project)
    {
        var edges = new Dictionary<string, SortedDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var (from, to, place) in References(project.Compilation))
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

    private static IEnumerable<(string From, string To, string Place)> References(Compilation compilation)
    {
        foreach (var tree in compilation.SyntaxTrees)
        {
            var model = compilation.GetSemanticModel(tree);
            foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
            {
                var from = name.FirstAncestorOrSelf<BaseNamespaceDeclarationSyntax>()?.Name.ToString();
                var to = NamespaceOf(TargetOf(model, name), compilation.Assembly);
                if (from is not null && to is not null && from != to && from != Facade && to != Facade)
                {
                    var line = name.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
                    yield return (from, to, $"{tree.FilePath}:{line}");
                }
            }
        }
    }

    private static ISymbol? TargetOf(SemanticModel model, SimpleNameSyntax name)
    {
        var info = model.GetSymbolInfo(name);
        return info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
    }

    private static string? NamespaceOf(ISymbol? symbol, IAssemblySymbol assembly)
    {
        var isType = symbol is INamedTypeSymbol || symbol?.ContainingType is not null;
        var isHere = SymbolEqualityComparer.Default.Equals(symbol?.ContainingAssembly, assembly);
        return isType && isHere && symbol!.ContainingNamespace is { IsGlobalNamespace: false } container ? container.ToDisplayString() : null;
    }

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
