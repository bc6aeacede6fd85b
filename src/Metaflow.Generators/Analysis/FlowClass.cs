using Metaflow.Generators.Extraction;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Analysis;

/// <summary>A flow's class as the rules see it: read once, for all of them.</summary>
internal sealed class FlowClass
{
    /// <summary>The property of a diagnostic that lists the members that a merge leaves out.</summary>
    public const string ExcludeKey = "exclude";

    private readonly Lazy<IReadOnlyList<StepSource>> _allSteps;
    private readonly Lazy<FlowGraph> _graph;
    private readonly Lazy<JoinConflicts> _conflicts;
    private readonly StepReader _reader;

    public FlowClass(Compilation compilation, INamedTypeSymbol symbol, CancellationToken cancellationToken)
    {
        Compilation = compilation;
        Symbol = symbol;
        CancellationToken = cancellationToken;
        Chain = MetaflowTypes.ChainOf(symbol);
        Models = new SemanticModels(compilation);
        _reader = new StepReader(Models, symbol, cancellationToken);
        _allSteps = new Lazy<IReadOnlyList<StepSource>>(ReadAllSteps);
        _graph = new Lazy<FlowGraph>(() => new FlowGraph(FlowReader.FlowNameOf(symbol), [.. AllSteps.Select(static step => step.Node)]));
        _conflicts = new Lazy<JoinConflicts>(() => new JoinConflicts(Graph, AllSteps.ToDictionary(static step => step.Node.Name)));
        Declarations = [.. symbol.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(cancellationToken)).OfType<ClassDeclarationSyntax>()
            .Where(declaration => !GeneratedFiles.IsOurs(declaration.SyntaxTree))];
    }

    public Compilation Compilation { get; }

    public SemanticModels Models { get; }

    public INamedTypeSymbol Symbol { get; }

    public CancellationToken CancellationToken { get; }

    /// <summary>Gets the flow's classes, base first.</summary>
    public IReadOnlyList<INamedTypeSymbol> Chain { get; }

    /// <summary>Gets the author's declarations of the class.</summary>
    public IReadOnlyList<ClassDeclarationSyntax> Declarations { get; }

    /// <summary>Gets the steps of the flow with those of its bases; a derived class's replaces one of the same name.</summary>
    public IReadOnlyList<StepSource> AllSteps => _allSteps.Value;

    /// <summary>Gets the graph of all steps.</summary>
    public FlowGraph Graph => _graph.Value;

    /// <summary>Gets what may differ between the inputs of joins.</summary>
    public JoinConflicts Conflicts => _conflicts.Value;

    /// <summary>Gets the steps that the class itself declares.</summary>
    public IEnumerable<StepSource> OwnSteps => AllSteps.Where(step => SymbolEqualityComparer.Default.Equals(step.Method.ContainingType, Symbol));

    /// <summary>Gets a value indicating whether the source of all the flow's classes is at hand.</summary>
    public bool IsWhole => Chain.All(type => SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, Compilation.Assembly));

    public Location Place => Declarations.OrderBy(static declaration => declaration.BaseList is null).Select(static declaration => declaration.Identifier.GetLocation())
        .FirstOrDefault() ?? Location.None;

    public IEnumerable<IPropertySymbol> Properties => FlowMembers.PropertiesOf(Symbol);

    /// <summary>Returns the name of the property that an artifact is, or the artifact's own name.</summary>
    public string MemberOf(string artifact)
        => Chain.SelectMany(FlowMembers.PropertiesOf).LastOrDefault(property => FlowMembers.DiskNameOf(property) == artifact)?.Name ?? artifact;

    private List<StepSource> ReadAllSteps()
    {
        var steps = new List<StepSource>();
        foreach (var step in Chain.SelectMany(type => _reader.StepsOf(SymbolEqualityComparer.Default.Equals(type, Symbol) ? type : type.OriginalDefinition)))
        {
            var index = steps.FindIndex(other => other.Node.Name == step.Node.Name);
            if (index < 0)
            {
                steps.Add(step);
            }
            else if (!SymbolEqualityComparer.Default.Equals(steps[index].Method.ContainingType, step.Method.ContainingType))
            {
                steps[index] = step;
            }
        }

        return steps;
    }
}
