using Metaflow.Generators.Model;
using Metaflow.Graph;
using Metaflow.Naming;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Extraction;

/// <summary>Finds the calls of <c>FlowSpec.Next</c> and reads their arguments.</summary>
internal sealed class NextReader(SemanticModel model, INamedTypeSymbol flow, CancellationToken cancellationToken)
{
    /// <summary>Returns the calls written in a body itself: those in lambdas and local functions may never run, or run twice.</summary>
    public IReadOnlyList<NextCall> OwnCallsIn(SyntaxNode declaration)
        => declaration.DescendantNodes(static node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax))
            .OfType<InvocationExpressionSyntax>().Where(IsNext).Select(Read).ToList();

    /// <summary>Returns the calls wherever they are, but for those that are known.</summary>
    public IEnumerable<InvocationExpressionSyntax> OtherCallsIn(SyntaxNode declaration, HashSet<SyntaxNode> known)
        => declaration.DescendantNodes().OfType<InvocationExpressionSyntax>().Where(call => !known.Contains(call) && IsNext(call));

    private bool IsNext(InvocationExpressionSyntax call)
    {
        var name = call.Expression switch
        {
            SimpleNameSyntax simple => simple,
            MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax or BaseExpressionSyntax } member => member.Name,
            _ => null,
        };
        if (name?.Identifier.ValueText != "Next")
        {
            return false;
        }

        var info = model.GetSymbolInfo(call, cancellationToken);
        var candidates = info.Symbol is null ? info.CandidateSymbols : [info.Symbol];

        // A call with an unknown name among its arguments binds to nothing; by its name it can be no other.
        return candidates.Length == 0
            ? IsInFlow(call)
            : candidates.Any(static symbol => MetaflowTypes.Is(symbol.ContainingType, "FlowSpec"));
    }

    private bool IsInFlow(InvocationExpressionSyntax call) => model.LookupSymbols(call.SpanStart, name: "Next")
        .All(static symbol => MetaflowTypes.Is(symbol.ContainingType, "FlowSpec"));

    private NextCall Read(InvocationExpressionSyntax call)
    {
        var arguments = call.ArgumentList.Arguments;
        var items = ItemsOf(call);
        var count = CountOf(call);
        var limit = items is null ? null : Named(arguments, "maxParallel") ?? (arguments.Count == 3 ? arguments[2].Expression : null);
        var targets = arguments
            .Where(argument => argument.Expression != items && argument.Expression != count && argument.Expression != limit)
            .SelectMany(static argument => ElementsOf(argument.Expression)).Select(ReadTarget).ToList();
        var node = new TransitionNode(
            new EquatableList<string>(targets.Select(static target => target.Name)),
            items is null ? null : ArtifactNameOf(items),
            count is not null,
            count is null ? 0 : model.GetConstantValue(count, cancellationToken).Value as int? ?? 0,
            call.GetLocation().GetLineSpan().StartLinePosition.Line + 1);
        return new NextCall(call, targets, items, node) { Count = count, Limit = limit };
    }

    private ExpressionSyntax? CountOf(InvocationExpressionSyntax call)
    {
        var arguments = call.ArgumentList.Arguments;
        return Named(arguments, "numParallel")
            ?? (arguments.Count == 2 && arguments[1].NameColon is null
                && model.GetTypeInfo(arguments[1].Expression, cancellationToken).Type?.SpecialType == SpecialType.System_Int32
                    ? arguments[1].Expression
                    : null);
    }

    private static ExpressionSyntax? Named(SeparatedSyntaxList<ArgumentSyntax> arguments, string name)
        => arguments.FirstOrDefault(argument => argument.NameColon?.Name.Identifier.ValueText == name)?.Expression;

    private ExpressionSyntax? ItemsOf(InvocationExpressionSyntax call)
    {
        var arguments = call.ArgumentList.Arguments;
        if (Named(arguments, "forEach") is { } named)
        {
            return named;
        }

        // A method group has no type of its own, so that a second argument with one is the items, also where the call does not compile.
        return arguments.Count is 2 or 3 && ItemTypeOf(arguments[1].Expression) is not null ? arguments[1].Expression : null;
    }

    private static IEnumerable<ExpressionSyntax> ElementsOf(ExpressionSyntax expression)
        => expression is CollectionExpressionSyntax list
            ? list.Elements.OfType<ExpressionElementSyntax>().Select(static element => element.Expression)
            : [expression];

    private NextTarget ReadTarget(ExpressionSyntax expression)
    {
        var info = model.GetSymbolInfo(expression, cancellationToken);
        if (MethodIn(info) is { } method)
        {
            var isStep = FlowMembers.IsStep(method) && IsMemberOfFlow(method) && IsOnThis(expression);
            return new NextTarget(expression, FlowMembers.DiskNameOf(method), isStep, false);
        }

        var identifier = NameIn(expression);
        var isUnresolved = identifier is not null && info.Symbol is null && info.CandidateSymbols.IsEmpty;
        return new NextTarget(expression, SnakeCase.FromMember(identifier ?? expression.ToString()), false, isUnresolved);
    }

    private static IMethodSymbol? MethodIn(SymbolInfo info)
        => (info.Symbol ?? info.CandidateSymbols.FirstOrDefault()) as IMethodSymbol is { MethodKind: MethodKind.Ordinary } method
            ? method
            : null;

    private bool IsMemberOfFlow(IMethodSymbol method)
        => SymbolEqualityComparer.Default.Equals(method.ContainingType, flow)
            || MetaflowTypes.BasesOf(flow).Any(type => SymbolEqualityComparer.Default.Equals(type, method.ContainingType));

    private static bool IsOnThis(ExpressionSyntax expression)
        => expression is SimpleNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax or BaseExpressionSyntax };

    private static string? NameIn(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax or BaseExpressionSyntax } member =>
            member.Name.Identifier.ValueText,
        _ => null,
    };

    private string ArtifactNameOf(ExpressionSyntax items)
    {
        var bare = items;
        while (bare is ParenthesizedExpressionSyntax
            or PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression })
        {
            bare = bare is ParenthesizedExpressionSyntax inner ? inner.Expression : ((PostfixUnaryExpressionSyntax)bare).Operand;
        }

        return NameIn(bare) is not null && model.GetSymbolInfo(bare, cancellationToken).Symbol is IPropertySymbol property
            && FlowMembers.IsOursToImplement(property)
            ? FlowMembers.DiskNameOf(property)
            : TransitionNode.ForeachItemsArtifact;
    }

    /// <summary>Returns the method that an argument names, or <see langword="null"/> if it names none.</summary>
    public IMethodSymbol? MethodOf(ExpressionSyntax argument) => MethodIn(model.GetSymbolInfo(argument, cancellationToken));

    /// <summary>Returns the type of the items of a sequence, or <see langword="null"/> if it is not a sequence or the type is
    /// unknown.</summary>
    public ITypeSymbol? ItemTypeOf(ExpressionSyntax items)
    {
        if (model.GetTypeInfo(items, cancellationToken).Type is not { } type)
        {
            return null;
        }

        var sequences = type.AllInterfaces.Concat(type is INamedTypeSymbol named ? [named] : [])
            .Where(IsSequence).ToList();
        return sequences.Count == 1 ? sequences[0].TypeArguments[0] : null;
    }

    private static bool IsSequence(INamedTypeSymbol type)
        => type.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T
            || (type is { Name: "IAsyncEnumerable", Arity: 1, ContainingNamespace: { Name: "Generic", ContainingNamespace: var outer } }
                && outer is { Name: "Collections", ContainingNamespace.Name: "System" });
}
