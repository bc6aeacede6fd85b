using Metaflow.Generators.Extraction;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Analysis;

/// <summary>A flow's class as the rules see it: read once, for all of them.</summary>
internal sealed class FlowClass
{
    private readonly Lazy<IReadOnlyList<StepSource>> _allSteps;
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

    /// <summary>Gets the steps that the class itself declares.</summary>
    public IEnumerable<StepSource> OwnSteps => AllSteps.Where(step => SymbolEqualityComparer.Default.Equals(step.Method.ContainingType, Symbol));

    /// <summary>Gets a value indicating whether the source of all the flow's classes is at hand.</summary>
    public bool IsWhole => Chain.All(type => SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, Compilation.Assembly));

    public Location Place => Declarations.OrderBy(static declaration => declaration.BaseList is null).Select(static declaration => declaration.Identifier.GetLocation())
        .FirstOrDefault() ?? Location.None;

    public IEnumerable<IPropertySymbol> Properties => FlowMembers.PropertiesOf(Symbol);

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
