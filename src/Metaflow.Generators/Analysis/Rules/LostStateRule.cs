using Metaflow.Generators.Extraction;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>What one step leaves for another is an artifact: an ordinary member is not, and
/// neither is a collection or object that it holds, nor a parameter of the constructor.</summary>
/// <remarks>Reported only when nothing but steps sets the member, or what it holds, one does and another one, which does not, reads
/// it.</remarks>
internal sealed class LostStateRule : IFlowRule
{
    private static readonly string[] ChangeNames =
    [
        "Add", "Append", "Insert", "Remove", "Clear", "Push", "Pop", "Enqueue", "Dequeue", "TryAdd", "TryRemove", "TryUpdate", "TryTake",
        "TryPop", "TryPush", "TryDequeue", "GetOrAdd", "Sort", "Reverse", "UnionWith", "ExceptWith", "IntersectWith", "SymmetricExceptWith",
    ];

    public IEnumerable<Diagnostic> Check(FlowClass flow)
    {
        var levels = flow.Chain.Where(ArtifactParts.IsInSource).ToList();
        var members = levels.SelectMany(static level => level.GetMembers().Where(IsOrdinary).Concat(PrimaryParameters(level))).ToList();
        if (members.Count == 0)
        {
            return [];
        }

        var uses = levels.SelectMany(level => DeclarationsOf(level, flow.CancellationToken)).SelectMany(declaration => declaration.Members)
            .SelectMany(member => UsesIn(flow, member)).ToList();
        return members.Select(member => Check(flow, member, [.. uses.Where(use => Same(use.Member, member))])).OfType<Diagnostic>();
    }

    private static bool Same(ISymbol one, ISymbol other)
        => SymbolEqualityComparer.Default.Equals(one.OriginalDefinition, other.OriginalDefinition);

    private static IEnumerable<ClassDeclarationSyntax> DeclarationsOf(INamedTypeSymbol type, CancellationToken cancellationToken)
        => type.DeclaringSyntaxReferences
            .Select(reference => reference.GetSyntax(cancellationToken)).OfType<ClassDeclarationSyntax>()
            .Where(static declaration => !GeneratedFiles.IsOurs(declaration.SyntaxTree));

    private static IEnumerable<IParameterSymbol> PrimaryParameters(INamedTypeSymbol type) => type.InstanceConstructors
        .Where(static constructor =>
            constructor.DeclaringSyntaxReferences.Any(static reference => reference.GetSyntax() is ClassDeclarationSyntax))
        .SelectMany(static constructor => constructor.Parameters);

    private static Diagnostic? Check(FlowClass flow, ISymbol member, IReadOnlyList<Use> uses)
    {
        var isSetElsewhere = uses.Any(static use => use.IsWrite && !use.IsInConstructor && (use.Step is null || !use.IsDirect));
        var writer = uses.FirstOrDefault(static use => use is { IsWrite: true, Step: not null })?.Step;
        var reader = uses.FirstOrDefault(use => !use.IsWrite && use is { Step: not null, IsDirect: true }
            && !SymbolEqualityComparer.Default.Equals(use.Step, writer)
            && !uses.Any(other => other.IsWrite && SymbolEqualityComparer.Default.Equals(other.Step, use.Step)))?.Step;
        return isSetElsewhere || writer is null || reader is null || !IsToldHere(flow, member, writer, reader) ? null : Descriptors.Report(
            RuleCodes.LostState, GeneratedFiles.PlaceOf(member),
            $"'{member.Name}' is set by '{writer.Name}' and read by '{reader.Name}'.",
            "Each task has its own object of the flow, and only artifacts travel between tasks.",
            $"Make it an artifact: 'public partial {CSharpTypeName.AsWritten(TypeOf(member))} {ArtifactNameOf(member)} {{ get; set; }}'.");
    }

    /// <summary>Returns true if it is this class of which it is told, rather than a base of it: a derived class may set what an abstract
    /// class lets it.</summary>
    private static bool IsToldHere(FlowClass flow, ISymbol member, IMethodSymbol writer, IMethodSymbol reader)
    {
        var isOwn = new[] { member.ContainingType, writer.ContainingType, reader.ContainingType }.Any(type => Same(type, flow.Symbol));
        return flow.Symbol.IsAbstract
            ? isOwn && member.DeclaredAccessibility == Accessibility.Private
            : isOwn
                || (flow.Symbol.BaseType is { IsAbstract: true }
                    && (member.DeclaredAccessibility != Accessibility.Private || member is IParameterSymbol));
    }

    private static ITypeSymbol TypeOf(ISymbol member) => member switch
    {
        IPropertySymbol property => property.Type,
        IParameterSymbol parameter => parameter.Type,
        _ => ((IFieldSymbol)member).Type,
    };

    /// <summary>A field's name becomes one of a property: <c>_rows</c> becomes <c>Rows</c>.</summary>
    private static string ArtifactNameOf(ISymbol member)
        => member is not IPropertySymbol && member.Name.TrimStart('_') is { Length: > 0 } bare
            ? char.ToUpperInvariant(bare[0]) + bare.Substring(1)
            : member.Name;

    /// <summary>A marked member is the business of whoever reads the mark.</summary>
    private static bool IsOrdinary(ISymbol member)
        => member is { IsStatic: false, IsImplicitlyDeclared: false } && member.GetAttributes().IsEmpty && member switch
        {
            IFieldSymbol { IsConst: false } => true,
            IPropertySymbol { IsIndexer: false, IsAbstract: false, IsVirtual: false, IsOverride: false } property
                => FlowMembers.DeclarationOf(property) is { ExpressionBody: null, AccessorList: { } list }
                    && !FlowMembers.IsOursToImplement(property)
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
            var operation = model.GetOperation(syntax, flow.CancellationToken);
            var (member, isOwn) = operation switch
            {
                IFieldReferenceOperation { Instance: { } instance } reference => (reference.Member, IsThis(instance)),
                IPropertyReferenceOperation { Instance: { } instance } reference => (reference.Member, IsThis(instance)),
                IParameterReferenceOperation { Parameter: { } parameter } when IsOfConstructor(parameter) => ((ISymbol)parameter, true),
                _ => (null, false),
            };
            if (member is null || Ancestors(operation!).Any(static parent => parent is INameOfOperation))
            {
                continue;
            }

            var isWrite = IsWrite(operation!) || Changes(operation!);
            if (isOwn || isWrite)
            {
                yield return new Use(
                    member, step, method?.MethodKind == MethodKind.Constructor || IsInInitializer(node), isWrite,
                    isOwn && !IsInFunction(operation!));
            }
        }
    }

    private static bool IsOfConstructor(IParameterSymbol parameter)
        => parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor };

    private static bool IsThis(IOperation instance)
        => instance is IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance };

    private static bool IsInInitializer(SyntaxNode node)
        => node.FirstAncestorOrSelf<MemberDeclarationSyntax>() is FieldDeclarationSyntax or PropertyDeclarationSyntax;

    private static bool IsWrite(IOperation reference) => reference.Parent switch
    {
        IAssignmentOperation assignment => assignment.Target == reference,
        IIncrementOrDecrementOperation or IAddressOfOperation => true,
        ITupleOperation tuple => tuple.Parent is IDeconstructionAssignmentOperation deconstruction
            ? deconstruction.Target == tuple
            : tuple.Parent is ITupleOperation && IsWrite(tuple),
        IArgumentOperation argument => argument.Parameter?.RefKind is not (null or RefKind.None or RefKind.In),
        IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol.IsRef: true } } => true,
        _ => false,
    };

    /// <summary>Returns true if what a member holds is changed: an item or a member of it is set, or a method is called that changes a
    /// collection of .NET.</summary>
    private static bool Changes(IOperation reference)
    {
        for (var holder = reference; ; holder = holder.Parent!)
        {
            switch (holder.Parent)
            {
                case IPropertyReferenceOperation property
                    when property.Instance == holder && property.Member.ContainingAssembly is not null:
                    break;
                case IFieldReferenceOperation field when field.Instance == holder:
                    break;
                case IArrayElementReferenceOperation element when element.ArrayReference == holder:
                    break;
                case IConversionOperation or IConditionalAccessOperation:
                    continue;
                case IInvocationOperation call when call.Instance == holder:
                    return IsChange(call.TargetMethod);
                default:
                    return false;
            }

            if (IsWrite(holder.Parent!))
            {
                return true;
            }
        }
    }

    private static bool IsChange(IMethodSymbol method)
        => method.ContainingNamespace.ToDisplayString() is var space
            && (space.StartsWith("System.Collections.", StringComparison.Ordinal)
                ? !space.EndsWith(".Immutable", StringComparison.Ordinal) && !space.EndsWith(".Frozen", StringComparison.Ordinal)
                : space == "System.Text")
            && ChangeNames.Any(name => method.Name.StartsWith(name, StringComparison.Ordinal));

    private static bool IsInFunction(IOperation operation)
        => Ancestors(operation).Any(static parent => parent is IAnonymousFunctionOperation or ILocalFunctionOperation);

    private static IEnumerable<IOperation> Ancestors(IOperation operation)
    {
        for (var parent = operation.Parent; parent is not null; parent = parent.Parent)
        {
            yield return parent;
        }
    }

    private sealed record Use(ISymbol Member, IMethodSymbol? Step, bool IsInConstructor, bool IsWrite, bool IsDirect);
}
