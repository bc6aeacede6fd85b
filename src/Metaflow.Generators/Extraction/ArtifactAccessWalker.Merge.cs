using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Metaflow.Generators.Extraction;

/// <content>What a merge sets, and what is known of the values that are assigned.</content>
internal sealed partial class ArtifactAccessWalker
{
    private readonly Dictionary<string, AssignedValue> _assigned = [];
    private readonly List<MergeCall> _merges = [];

    private static bool IsMerge(IMethodSymbol method)
        => method.Name == "MergeArtifacts" && MetaflowTypes.Is(method.ContainingType, "FlowSpec");

    /// <summary>Returns the artifact that a call of <c>RemoveArtifact</c> removes, by name on disk, or <see langword="null"/>.</summary>
    private string? RemovedBy(IInvocationOperation operation)
        => operation.TargetMethod is { Name: "RemoveArtifact" } method && MetaflowTypes.Is(method.ContainingType, "FlowSpec")
            && operation.Arguments.FirstOrDefault()?.Value.ConstantValue is { HasValue: true, Value: string text }
            ? reader.NameOnDisk(text)
            : null;

    private static AssignedValue ValueOf(IOperation? value) => new(
        value is not null && DependsOnItem(value),
        value?.ConstantValue is { HasValue: true } constant ? new Optional<object?>(constant.Value) : default);

    private static bool DependsOnItem(IOperation value) => value.DescendantsAndSelf().OfType<IParameterReferenceOperation>()
        .Any(static reference => reference.Parameter.ContainingSymbol is IMethodSymbol method && FlowMembers.IsStep(method)
            && !MetaflowTypes.Is(reference.Parameter.Type, "Inputs"));

    private void Assign(string name, AssignedValue value)
        => _assigned[name] = _assigned.TryGetValue(name, out var other) ? AssignedValue.Either(other, value) : value;

    private void Merge(IInvocationOperation operation)
    {
        var call = new MergeCall(
            operation.Syntax.GetLocation(), NamesIn(operation, "exclude"), NamesIn(operation, "include"), [.. _assigned.Keys]);
        _merges.Add(call);
        foreach (var name in reader.Artifacts.Where(call.MayTake))
        {
            Write(name);
        }
    }

    private List<MergeName>? NamesIn(IInvocationOperation operation, string parameter)
    {
        var value = operation.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == parameter)?.Value;
        while (value is IConversionOperation conversion)
        {
            value = conversion.Operand;
        }

        IEnumerable<IOperation>? elements = value switch
        {
            null or { ConstantValue: { HasValue: true, Value: null } } or IDefaultValueOperation => [],
            ICollectionExpressionOperation list => list.Elements,
            IArrayCreationOperation { Initializer: { } initializer } => initializer.ElementValues,
            _ => null,
        };
        var names = elements
            ?.Select(static element =>
                (element.Syntax, Text: element.ConstantValue is { HasValue: true, Value: string text } ? text : null)).ToList();
        return names is null || names.Any(static name => name.Text is null)
            ? null
            : names.ConvertAll(name => new MergeName(name.Text!, reader.NameOnDisk(name.Text!), name.Syntax.GetLocation()));
    }

    private void ApplyMerges(ArtifactAccesses callee)
    {
        _merges.AddRange(callee.Merges.Select(call => call with { SetBefore = [.. call.SetBefore.Union(_assigned.Keys)] }));
        foreach (var assigned in callee.Assigned)
        {
            Assign(assigned.Key, assigned.Value);
        }
    }
}
