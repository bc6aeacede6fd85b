using Metaflow.Generators.Model;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Extraction;

/// <summary>What was read of a step. Holds syntax but no symbols, so that it outlives no compilation and holds for the next one of the same
/// sources. Never kept in the generator's pipeline.</summary>
/// <param name="Declaration">The method's declaration.</param>
/// <param name="Model">What the generator needs of it.</param>
/// <param name="Calls">The transitions, in the order of the node's.</param>
/// <param name="Accesses">What it does to artifacts.</param>
internal sealed record StepReading(
    MethodDeclarationSyntax Declaration, StepModel Model, IReadOnlyList<NextCall> Calls, ArtifactAccesses Accesses);

/// <summary>A step in one compilation.</summary>
/// <param name="Method">The method.</param>
/// <param name="Reading">What was read of it.</param>
internal sealed record StepSource(IMethodSymbol Method, StepReading Reading)
{
    public StepModel Model => Reading.Model;

    public StepNode Node => Model.Node;

    public MethodDeclarationSyntax Declaration => Reading.Declaration;

    public IReadOnlyList<NextCall> Calls => Reading.Calls;

    public ArtifactAccesses Accesses => Reading.Accesses;
}

/// <summary>Reads a step from its method: the generator and the analyzer share it.</summary>
internal sealed class StepReader(SemanticModels models, INamedTypeSymbol flow, CancellationToken cancellationToken)
{
    private readonly ArtifactAccessReader _accesses = new(models, flow, cancellationToken);

    /// <summary>Gets how many steps were read rather than found: a measure of the work that does not depend on the machine.</summary>
    public int StepsRead { get; private set; }

    /// <summary>Reads the steps that a class declares, in the order of the source.</summary>
    /// <param name="type">The flow's class or one of its bases.</param>
    /// <returns>The steps; none of a class that is not in this compilation.</returns>
    public IReadOnlyList<StepSource> StepsOf(INamedTypeSymbol type)
    {
        // What a base's step means depends on the flow that inherits it: only a flow's own steps are shared.
        if (!SymbolEqualityComparer.Default.Equals(type, flow))
        {
            return StepsOf(type, static _ => null);
        }

        if (FlowReadings.Find(models.Compilation, flow) is { } known)
        {
            return StepsOf(type, declaration => known.TryGetValue(declaration, out var reading) ? reading : null);
        }

        var steps = StepsOf(type, static _ => null);
        FlowReadings.Keep(models.Compilation, flow, steps.Select(static step => step.Reading));
        return steps;
    }

    private List<StepSource> StepsOf(INamedTypeSymbol type, Func<MethodDeclarationSyntax, StepReading?> find) => FlowMembers.StepsOf(type)
        .Select(method => BodyOf(method) is { } body ? new StepSource(method, find(body) ?? Read(method, body)) : null).OfType<StepSource>()
        .ToList();

    private StepReading Read(IMethodSymbol method, MethodDeclarationSyntax declaration)
    {
        StepsRead++;
        var model = models.Of(declaration.SyntaxTree);
        var calls = new NextReader(model, flow, cancellationToken).OwnCallsIn(declaration);
        var accesses = _accesses.Read(method);
        var attribute = FlowMembers.StepAttributeOf(method);
        var position = declaration.Identifier.GetLocation().GetLineSpan();
        var python = PythonArtifacts.Of(method, flow);
        var node = new StepNode
        {
            Name = FlowMembers.DiskNameOf(method),
            MethodName = method.Name,
            Line = position.StartLinePosition.Line + 1,
            SourceFile = position.Path,
            Documentation = DocumentationText.SummaryOf(method),
            TakesInputs = method.Parameters.Any(static parameter => MetaflowTypes.Is(parameter.Type, "Inputs")),
            ReturnsNothing = StepSignatures.ReturnsNothing(method),
            DropsTransition = calls.Any(static call => call.IsDropped),
            IsMarkedStart = MetaflowTypes.Named(attribute, "Start") is true,
            IsMarkedEnd = MetaflowTypes.Named(attribute, "End") is true,
            IsMarkedParallel = MetaflowTypes.HasAttributeOf(method, "GangAttribute"),
            ItemType = method.Parameters.FirstOrDefault() is { Type: var type } && !MetaflowTypes.Is(type, "Inputs")
                ? CSharpTypeName.AsWritten(type)
                : null,
            Transitions = new EquatableList<TransitionNode>(calls.Select(static call => call.Node)),
            Reads = new EquatableList<KeyValuePair<string, int>>(ReadsOf(python, accesses, position.StartLinePosition.Line + 1)),
            Writes = new EquatableList<string>(accesses.Writes.Concat(CaughtIn(method)).Concat(python.Outputs).Distinct()),
            Removes = new EquatableList<string>(accesses.SurelyRemoves.OrderBy(static name => name, StringComparer.Ordinal)),
        };
        return new StepReading(
            declaration, new StepModel(node, StepSignatures.Of(method), DecoratorTexts.Of(method, flow)), calls, accesses);
    }

    // The Python file runs before the method, which finds what it set.
    private static IEnumerable<KeyValuePair<string, int>> ReadsOf(PythonArtifacts python, ArtifactAccesses accesses, int line)
        => python.Inputs.Select(name => new KeyValuePair<string, int>(name, line))
            .Concat(accesses.Reads.Where(read => !python.Outputs.Contains(read.Name))
                .Select(static read => new KeyValuePair<string, int>(read.Name, read.Line)));

    /// <summary>Returns the artifact that <c>[Catch]</c> sets for the step.</summary>
    private IEnumerable<string> CaughtIn(IMethodSymbol method)
        => DecoratorTexts.CaughtBy(MetaflowTypes.AttributeOf(method, "CatchAttribute"), flow) is { } name ? [name] : [];

    private static MethodDeclarationSyntax? BodyOf(IMethodSymbol method)
        => (method.PartialImplementationPart ?? method).DeclaringSyntaxReferences
            .Select(static reference => reference.GetSyntax()).OfType<MethodDeclarationSyntax>().FirstOrDefault();
}
