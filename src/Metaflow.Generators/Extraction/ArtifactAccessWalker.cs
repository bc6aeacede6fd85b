using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Metaflow.Generators.Extraction;

/// <summary>Walks one method in the order in which it runs and notes reads and writes of artifacts. Branches and loops are in the other
/// half.</summary>
/// <remarks>It errs towards "may have been set": a warning about a flow that works would cost more than a missed one.</remarks>
internal sealed partial class ArtifactAccessWalker(ArtifactAccessReader reader) : OperationVisitor
{
    private readonly Dictionary<string, ArtifactRead> _reads = [];
    private readonly List<string> _writes = [];
    private readonly Dictionary<ISymbol, ILocalFunctionOperation> _localFunctions = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _running = new(SymbolEqualityComparer.Default);
    private AssignedSet _state = new();
    private AssignedSet _returns = Unreachable();

    /// <summary>Walks a method's body.</summary>
    public ArtifactAccesses Walk(IOperation body)
    {
        foreach (var function in body.Descendants().OfType<ILocalFunctionOperation>())
        {
            _localFunctions[function.Symbol] = function;
        }

        Visit(body);
        _state.MeetWith(_returns);
        return new ArtifactAccesses([.. _reads.Values], [.. _writes.Distinct()], _state.Names)
        {
            Assigned = _assigned,
            Merges = _merges,
            SurelyRemoves = _state.Removed,
        };
    }

    public override void DefaultVisit(IOperation operation)
    {
        foreach (var child in operation.ChildOperations)
        {
            Visit(child);
        }
    }

    public override void VisitPropertyReference(IPropertyReferenceOperation operation)
    {
        VisitReceiver(operation.Instance);
        foreach (var argument in operation.Arguments)
        {
            Visit(argument);
        }

        if (IsThis(operation.Instance))
        {
            Get(operation);
        }
        else if (reader.IsOfImplementedInterface(operation.Property))
        {
            Escape();
        }
    }

    public override void VisitFieldReference(IFieldReferenceOperation operation) => VisitReceiver(operation.Instance);

    public override void VisitEventReference(IEventReferenceOperation operation) => VisitReceiver(operation.Instance);

    public override void VisitMethodReference(IMethodReferenceOperation operation)
    {
        VisitReceiver(operation.Instance);
        if (_localFunctions.TryGetValue(operation.Method, out var function))
        {
            RunMaybe(() => VisitLocalBody(function));
        }
        else if (IsThis(operation.Instance) && reader.IsMember(operation.Method) && !FlowMembers.IsStep(operation.Method))
        {
            RunMaybe(() => Apply(operation.Method, operation));
        }
    }

    public override void VisitSimpleAssignment(ISimpleAssignmentOperation operation)
    {
        if (operation.Target is IPropertyReferenceOperation { Arguments.Length: 0 } target && IsThis(target.Instance))
        {
            Visit(operation.Value);
            Set(target, operation.Value);
        }
        else
        {
            DefaultVisit(operation);
        }
    }

    public override void VisitCompoundAssignment(ICompoundAssignmentOperation operation)
    {
        DefaultVisit(operation);
        SetIfOwn(operation.Target);
    }

    public override void VisitIncrementOrDecrement(IIncrementOrDecrementOperation operation)
    {
        DefaultVisit(operation);
        SetIfOwn(operation.Target);
    }

    public override void VisitCoalesceAssignment(ICoalesceAssignmentOperation operation)
    {
        Visit(operation.Target);
        RunMaybe(() => Visit(operation.Value));
        SetIfOwn(operation.Target);
    }

    public override void VisitDeconstructionAssignment(IDeconstructionAssignmentOperation operation)
    {
        Visit(operation.Value);
        SetElements(operation.Target);
    }

    public override void VisitInvocation(IInvocationOperation operation)
    {
        VisitReceiver(operation.Instance);
        foreach (var argument in operation.Arguments)
        {
            Visit(argument);
        }

        if (_localFunctions.TryGetValue(operation.TargetMethod, out var function))
        {
            VisitLocalBody(function);
        }
        else if (operation.TargetMethod.MethodKind == MethodKind.DelegateInvoke || reader.IsOfImplementedInterface(operation.TargetMethod))
        {
            Escape();
        }
        else if (IsThis(operation.Instance) && reader.IsMember(operation.TargetMethod))
        {
            Apply(operation.TargetMethod, operation);
        }
        else if (IsThis(operation.Instance) && IsMerge(operation.TargetMethod))
        {
            Merge(operation);
        }
        else if (IsThis(operation.Instance) && RemovedBy(operation) is { } name)
        {
            _state.Remove(name);
        }
    }

    /// <summary>The flow itself is handed to code that may set anything.</summary>
    public override void VisitInstanceReference(IInstanceReferenceOperation operation)
    {
        if (operation.ReferenceKind == InstanceReferenceKind.ContainingTypeInstance)
        {
            Escape();
        }
    }

    public override void VisitNameOf(INameOfOperation operation)
    {
    }

    private static AssignedSet Unreachable()
    {
        var state = new AssignedSet();
        state.Leave();
        return state;
    }

    private static bool IsThis(IOperation? instance)
        => instance is IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance };

    private void VisitReceiver(IOperation? instance)
    {
        if (!IsThis(instance))
        {
            Visit(instance);
        }
    }

    private void Get(IPropertyReferenceOperation operation)
    {
        if (reader.NameOf(operation.Property) is { } name)
        {
            Read(name, operation);
        }
        else if (reader.IsMember(operation.Property) && !ArtifactAccessReader.IsGiven(operation.Property)
            && operation.Property.GetMethod is { } getter)
        {
            Apply(getter, operation);
        }
    }

    private void Set(IPropertyReferenceOperation target, IOperation? value = null)
    {
        if (reader.NameOf(target.Property) is { } name)
        {
            Write(name);
            Assign(name, ValueOf(value));
        }
        else if (reader.IsMember(target.Property) && !ArtifactAccessReader.IsGiven(target.Property)
            && target.Property.SetMethod is { } setter)
        {
            Apply(setter, target);
        }
    }

    private void SetIfOwn(IOperation target)
    {
        if (target is IPropertyReferenceOperation property && IsThis(property.Instance))
        {
            Set(property);
        }
    }

    private void SetElements(IOperation target)
    {
        if (target is ITupleOperation tuple)
        {
            foreach (var element in tuple.Elements)
            {
                SetElements(element);
            }
        }
        else
        {
            SetIfOwn(target);
        }
    }

    private void Apply(IMethodSymbol method, IOperation place)
    {
        if (IsReplaceable(method, place) || reader.Of(method) is not { } callee)
        {
            Escape();
            return;
        }

        foreach (var read in callee.Reads)
        {
            Read(read.Name, place);
        }

        ApplyMerges(callee);
        _writes.AddRange(callee.Writes);
        foreach (var name in callee.SurelyWrites)
        {
            _state.Add(name);
        }

        foreach (var name in callee.Writes.Except(callee.SurelyWrites))
        {
            _state.MaybeAdd(name);
        }

        foreach (var name in callee.SurelyRemoves)
        {
            _state.Remove(name);
        }
    }

    /// <summary>Returns true if a derived flow may run another method here: nobody knows what that one sets.</summary>
    private static bool IsReplaceable(IMethodSymbol method, IOperation place)
        => (method.IsVirtual || method.IsAbstract || method.IsOverride) && !method.IsSealed && !method.ContainingType.IsSealed
            && !place.Syntax.DescendantNodesAndSelf().OfType<BaseExpressionSyntax>().Any();

    private void Escape()
    {
        foreach (var name in reader.Artifacts)
        {
            Write(name);
        }
    }

    private void Read(string name, IOperation place)
    {
        if (!_state.Contains(name) && !_reads.ContainsKey(name))
        {
            _reads[name] = new ArtifactRead(name, place.Syntax.GetLocation());
        }
    }

    private void Write(string name)
    {
        _writes.Add(name);
        _state.Add(name);
    }
}
