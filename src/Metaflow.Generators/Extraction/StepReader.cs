using Metaflow.Generators.Model;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Extraction;

/// <summary>A step as it was read, with its places in the source. Never kept in the generator's pipeline.</summary>
/// <param name="Method">The method.</param>
/// <param name="Declaration">Its declaration.</param>
/// <param name="Model">What the generator needs of it.</param>
/// <param name="Calls">The transitions.</param>
/// <param name="Accesses">What it does to artifacts.</param>
internal sealed record StepSource(IMethodSymbol Method, MethodDeclarationSyntax Declaration, StepModel Model, IReadOnlyList<NextCall> Calls, ArtifactAccesses Accesses)
{
    public StepNode Node => Model.Node;
}

/// <summary>Reads a step from its method: the generator and the analyzer share it.</summary>
internal sealed class StepReader(SemanticModels models, INamedTypeSymbol flow, CancellationToken cancellationToken)
{
    private readonly ArtifactAccessReader _accesses = new(models, flow, cancellationToken);

    /// <summary>Reads the steps that a class declares, in the order of the source.</summary>
    /// <param name="type">The flow's class or one of its bases.</param>
    /// <returns>The steps; none of a class that is not in this compilation.</returns>
    public IReadOnlyList<StepSource> StepsOf(INamedTypeSymbol type)
        => FlowMembers.StepsOf(type).Select(Read).OfType<StepSource>().ToList();

    private StepSource? Read(IMethodSymbol method)
    {
        if (BodyOf(method) is not { } declaration)
        {
            return null;
        }

        var model = models.Of(declaration.SyntaxTree);
        var calls = new NextReader(model, flow, cancellationToken).OwnCallsIn(declaration);
        var accesses = _accesses.Read(method);
        var attribute = FlowMembers.StepAttributeOf(method);
        var position = declaration.Identifier.GetLocation().GetLineSpan();
        var node = new StepNode
        {
            Name = FlowMembers.DiskNameOf(method),
            MethodName = method.Name,
            Line = position.StartLinePosition.Line + 1,
            SourceFile = position.Path,
            Documentation = DocumentationText.SummaryOf(method),
            TakesInputs = method.Parameters.Any(static parameter => MetaflowTypes.Is(parameter.Type, "Inputs")),
            ReturnsNothing = StepSignatures.ReturnsNothing(method),
            IsMarkedStart = MetaflowTypes.Named(attribute, "Start") is true,
            IsMarkedEnd = MetaflowTypes.Named(attribute, "End") is true,
            IsMarkedParallel = MetaflowTypes.HasAttributeOf(method, "GangAttribute"),
            ItemType = method.Parameters.FirstOrDefault() is { Type: var type } && !MetaflowTypes.Is(type, "Inputs") ? CSharpTypeName.AsWritten(type) : null,
            Transitions = new EquatableList<TransitionNode>(calls.Select(static call => call.Node)),
            Reads = new EquatableList<KeyValuePair<string, int>>(accesses.Reads.Select(static read => new KeyValuePair<string, int>(read.Name, read.Line))),
            Writes = new EquatableList<string>(accesses.Writes.Concat(CaughtIn(method)).Distinct()),
            Removes = new EquatableList<string>(accesses.SurelyRemoves.OrderBy(static name => name, StringComparer.Ordinal)),
        };
        return new StepSource(method, declaration, new StepModel(node, StepSignatures.Of(method), DecoratorTexts.Of(method, flow)), calls, accesses);
    }

    /// <summary>Returns the artifact that <c>[Catch]</c> sets for the step.</summary>
    private IEnumerable<string> CaughtIn(IMethodSymbol method)
        => DecoratorTexts.CaughtBy(MetaflowTypes.AttributeOf(method, "CatchAttribute"), flow) is { } name ? [name] : [];

    private static MethodDeclarationSyntax? BodyOf(IMethodSymbol method) => (method.PartialImplementationPart ?? method).DeclaringSyntaxReferences
        .Select(static reference => reference.GetSyntax()).OfType<MethodDeclarationSyntax>().FirstOrDefault();
}
