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
    private readonly Lazy<Dictionary<string, StepSource>> _sources;
    private readonly Lazy<FlowGraph> _graph;
    private readonly Lazy<JoinConflicts> _conflicts;
    private readonly StepReader _reader;

    public FlowClass(SemanticModels models, INamedTypeSymbol symbol, CancellationToken cancellationToken)
    {
        Symbol = symbol;
        CancellationToken = cancellationToken;
        Chain = MetaflowTypes.ChainOf(symbol);
        Models = models;
        _reader = new StepReader(Models, symbol, cancellationToken);
        _allSteps = new Lazy<IReadOnlyList<StepSource>>(ReadAllSteps);
        _sources = new Lazy<Dictionary<string, StepSource>>(() => AllSteps.ToDictionary(static step => step.Node.Name));
        _graph = new Lazy<FlowGraph>(() => new FlowGraph(FlowReader.FlowNameOf(symbol), [.. AllSteps.Select(static step => step.Node)]));
        _conflicts = new Lazy<JoinConflicts>(() => new JoinConflicts(Graph, _sources.Value));
        Declarations = [.. symbol.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(cancellationToken))
            .OfType<ClassDeclarationSyntax>().Where(declaration => !GeneratedFiles.IsOurs(declaration.SyntaxTree))];
    }

    public Compilation Compilation => Models.Compilation;

    public SemanticModels Models { get; }

    public INamedTypeSymbol Symbol { get; }

    public CancellationToken CancellationToken { get; }

    /// <summary>Gets the flow's classes, base first.</summary>
    public IReadOnlyList<INamedTypeSymbol> Chain { get; }

    /// <summary>Gets the author's declarations of the class.</summary>
    public IReadOnlyList<ClassDeclarationSyntax> Declarations { get; }

    /// <summary>Gets the steps of the flow with those of its bases; a derived class's replaces one of the same name.</summary>
    public IReadOnlyList<StepSource> AllSteps => _allSteps.Value;

    /// <summary>Gets how many of them had to be read, because the generator has not read them in these sources.</summary>
    public int StepsRead => _reader.StepsRead;

    /// <summary>Gets the graph of all steps.</summary>
    public FlowGraph Graph => _graph.Value;

    /// <summary>Gets what may differ between the inputs of joins.</summary>
    public JoinConflicts Conflicts => _conflicts.Value;

    /// <summary>Gets the steps that the class itself declares.</summary>
    public IEnumerable<StepSource> OwnSteps => AllSteps.Where(step => IsSelf(step.Method.ContainingType));

    /// <summary>Gets a value indicating whether the source of all the flow's classes is available.</summary>
    public bool IsWhole => Chain.All(type => SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, Compilation.Assembly));

    public Location Place => Declarations.OrderBy(static declaration => declaration.BaseList is null)
        .Select(static declaration => declaration.Identifier.GetLocation()).FirstOrDefault() ?? Location.None;

    public IEnumerable<IPropertySymbol> Properties => FlowMembers.PropertiesOf(Symbol);

    /// <summary>Returns the step of a name on disk, or <see langword="null"/>.</summary>
    public StepSource? SourceOf(string? step) => step is not null && _sources.Value.TryGetValue(step, out var source) ? source : null;

    /// <summary>Returns the type of a foreach's items, or <see langword="null"/> if it is not a foreach or the type is unknown.</summary>
    public ITypeSymbol? ItemTypeOf(NextCall call) => call.Items is { } items ? ReaderOf(call.Syntax).ItemTypeOf(items) : null;

    /// <summary>Returns the type of an expression, or <see langword="null"/> if it is unknown.</summary>
    public ITypeSymbol? TypeOf(ExpressionSyntax expression)
        => Models.Of(expression.SyntaxTree).GetTypeInfo(expression, CancellationToken).Type;

    /// <summary>Returns the method that a transition names, or <see langword="null"/> if it names none.</summary>
    public IMethodSymbol? MethodOf(NextTarget target) => ReaderOf(target.Syntax).MethodOf(target.Syntax);

    /// <summary>Returns what reads the transitions of a file.</summary>
    public NextReader ReaderOf(SyntaxNode node) => new(Models.Of(node.SyntaxTree), Symbol, CancellationToken);

    /// <summary>Returns the name of the property that an artifact is, or the artifact's own name.</summary>
    public string MemberOf(string artifact)
        => Chain.SelectMany(FlowMembers.PropertiesOf)
            .LastOrDefault(property => FlowMembers.DiskNameOf(property) == artifact)?.Name ?? artifact;

    private List<StepSource> ReadAllSteps()
    {
        var steps = new List<StepSource>();
        var indexes = new Dictionary<string, int>();
        foreach (var step in Chain.SelectMany(type => _reader.StepsOf(IsSelf(type) ? type : type.OriginalDefinition)))
        {
            if (!indexes.TryGetValue(step.Node.Name, out var index))
            {
                indexes[step.Node.Name] = steps.Count;
                steps.Add(step);
            }
            else if (!SymbolEqualityComparer.Default.Equals(steps[index].Method.ContainingType, step.Method.ContainingType))
            {
                steps[index] = step;
            }
        }

        return steps;
    }

    private bool IsSelf(INamedTypeSymbol type) => SymbolEqualityComparer.Default.Equals(type, Symbol);
}
