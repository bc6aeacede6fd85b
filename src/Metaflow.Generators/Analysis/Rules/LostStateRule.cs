using Metaflow.Generators.Extraction;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>What one step leaves for another is an artifact: an ordinary member is not.</summary>
/// <remarks>Reported only when nothing but steps sets the member, one sets it and another one, which cannot set it, reads it.</remarks>
internal sealed class LostStateRule : IFlowRule
{
    public IEnumerable<Diagnostic> Check(FlowClass flow)
    {
        var members = flow.Symbol.GetMembers()
            .Where(member => IsOrdinary(member) && (!flow.Symbol.IsAbstract || member.DeclaredAccessibility == Accessibility.Private)).ToList();
        if (members.Count == 0)
        {
            return [];
        }

        var uses = flow.Declarations.SelectMany(declaration => declaration.Members).SelectMany(member => UsesIn(flow, member)).ToList();
        return members.Select(member => Check(member, [.. uses.Where(use => SymbolEqualityComparer.Default.Equals(use.Member, member))])).OfType<Diagnostic>();
    }

    private static Diagnostic? Check(ISymbol member, IReadOnlyList<Use> uses)
    {
        var isSetElsewhere = uses.Any(static use => use.IsWrite && !use.IsInConstructor && (use.Step is null || !use.IsDirect));
        var writer = uses.FirstOrDefault(static use => use is { IsWrite: true, Step: not null })?.Step;
        var reader = uses.FirstOrDefault(use => !use.IsWrite && use is { Step: not null, IsDirect: true }
            && !SymbolEqualityComparer.Default.Equals(use.Step, writer)
            && !uses.Any(other => other.IsWrite && SymbolEqualityComparer.Default.Equals(other.Step, use.Step)))?.Step;
        return isSetElsewhere || writer is null || reader is null ? null : Descriptors.Report(
            RuleCodes.LostState, GeneratedFiles.PlaceOf(member),
            $"'{member.Name}' is set by '{writer.Name}' and read by '{reader.Name}'.",
            "Each task has an object of its own, and only artifacts travel between tasks.",
            $"Make it an artifact: 'public partial {TypeText.AsWritten(TypeOf(member))} {ArtifactNameOf(member)} {{ get; set; }}'.");
    }

    private static ITypeSymbol TypeOf(ISymbol member) => member is IPropertySymbol property ? property.Type : ((IFieldSymbol)member).Type;

    /// <summary>A field's name becomes one of a property: <c>_rows</c> becomes <c>Rows</c>.</summary>
    private static string ArtifactNameOf(ISymbol member)
        => member is IFieldSymbol && member.Name.TrimStart('_') is { Length: > 0 } bare ? char.ToUpperInvariant(bare[0]) + bare.Substring(1) : member.Name;

    /// <summary>A marked member is the business of whoever reads the mark.</summary>
    private static bool IsOrdinary(ISymbol member) => member is { IsStatic: false, IsImplicitlyDeclared: false } && member.GetAttributes().IsEmpty && member switch
    {
        IFieldSymbol { IsReadOnly: false, IsConst: false } => true,
        IPropertySymbol { SetMethod.IsInitOnly: false, IsIndexer: false, IsAbstract: false, IsVirtual: false, IsOverride: false } property
            => FlowMembers.DeclarationOf(property) is { ExpressionBody: null, AccessorList: { } list } && !FlowMembers.IsOursToImplement(property)
                && list.Accessors.All(static accessor => accessor.Body is null && accessor.ExpressionBody is null),
        _ => false,
    };

    private static IEnumerable<Use> UsesIn(FlowClass flow, SyntaxNode declaration)
    {
        var model = flow.Models.Of(declaration.SyntaxTree);
        var method = model.GetDeclaredSymbol(declaration, flow.CancellationToken) as IMethodSymbol;
        var step = method is not null && FlowMembers.IsStep(method) ? method : null;
        foreach (var node in declaration.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            var syntax = node.Parent is MemberAccessExpressionSyntax access && access.Name == node ? access : (SyntaxNode)node;
            if (model.GetOperation(syntax, flow.CancellationToken) is IMemberReferenceOperation { Instance: { } instance } reference and (IFieldReferenceOperation or IPropertyReferenceOperation))
            {
                var isOwn = instance is IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance };
                var isName = Ancestors(reference).Any(static parent => parent is INameOfOperation);
                var isWrite = IsWrite(reference);
                if (!isName && (isOwn || isWrite))
                {
                    yield return new Use(reference.Member, step, method?.MethodKind == MethodKind.Constructor, isWrite, isOwn && !IsInFunction(reference));
                }
            }
        }
    }

    private static bool IsWrite(IOperation reference) => reference.Parent switch
    {
        IAssignmentOperation assignment => assignment.Target == reference,
        IIncrementOrDecrementOperation or IAddressOfOperation => true,
        ITupleOperation tuple => tuple.Parent is IDeconstructionAssignmentOperation deconstruction ? deconstruction.Target == tuple : tuple.Parent is ITupleOperation && IsWrite(tuple),
        IArgumentOperation argument => argument.Parameter?.RefKind is not (null or RefKind.None or RefKind.In),
        IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol.IsRef: true } } => true,
        _ => false,
    };

    private static bool IsInFunction(IOperation operation) => Ancestors(operation).Any(static parent => parent is IAnonymousFunctionOperation or ILocalFunctionOperation);

    private static IEnumerable<IOperation> Ancestors(IOperation operation)
    {
        for (var parent = operation.Parent; parent is not null; parent = parent.Parent)
        {
            yield return parent;
        }
    }

    private sealed record Use(ISymbol Member, IMethodSymbol? Step, bool IsInConstructor, bool IsWrite, bool IsDirect);
}
