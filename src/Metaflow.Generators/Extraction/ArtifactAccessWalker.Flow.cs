using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Metaflow.Generators.Extraction;

/// <content>What branches, loops, jumps and functions do to the set of artifacts that are certainly set.</content>
internal sealed partial class ArtifactAccessWalker
{
    private readonly Dictionary<ISymbol, AssignedSet> _jumps = new(SymbolEqualityComparer.Default);

    public override void VisitConditional(IConditionalOperation operation)
    {
        Visit(operation.Condition);
        RunOneOf([() => Visit(operation.WhenTrue), () => Visit(operation.WhenFalse)]);
    }

    public override void VisitBinaryOperator(IBinaryOperation operation)
    {
        Visit(operation.LeftOperand);
        if (operation.OperatorKind is BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr)
        {
            RunMaybe(() => Visit(operation.RightOperand));
        }
        else
        {
            Visit(operation.RightOperand);
        }
    }

    public override void VisitCoalesce(ICoalesceOperation operation)
    {
        Visit(operation.Value);
        RunMaybe(() => Visit(operation.WhenNull));
    }

    public override void VisitConditionalAccess(IConditionalAccessOperation operation)
    {
        Visit(operation.Operation);
        RunMaybe(() => Visit(operation.WhenNotNull));
        if (operation.Operation.Type?.TypeKind == TypeKind.Delegate)
        {
            // Whoever calls a delegate that may be missing expects it to be there.
            Escape();
        }
    }

    public override void VisitSwitch(ISwitchOperation operation)
    {
        Visit(operation.Value);
        var hasDefault = operation.Cases.SelectMany(static section => section.Clauses)
            .Any(static clause => clause.CaseKind == CaseKind.Default);
        RunOneOf([.. operation.Cases.Select(section => (Action)(() => Visit(section))), .. hasDefault
            ? Array.Empty<Action>()
            : [static () => { }]]);
        Land(operation.ExitLabel);
    }

    public override void VisitSwitchExpression(ISwitchExpressionOperation operation)
    {
        Visit(operation.Value);
        RunOneOf([.. operation.Arms.Select(arm => (Action)(() => Visit(arm)))]);
    }

    public override void VisitWhileLoop(IWhileLoopOperation operation)
    {
        if (operation.ConditionIsTop)
        {
            Loop(operation, operation.Condition, null);
            return;
        }

        Visit(operation.Body);
        Land(operation.ContinueLabel);
        Visit(operation.Condition);
        Land(operation.ExitLabel);
    }

    public override void VisitForLoop(IForLoopOperation operation)
    {
        foreach (var initial in operation.Before)
        {
            Visit(initial);
        }

        Loop(operation, operation.Condition, operation.AtLoopBottom);
    }

    public override void VisitForEachLoop(IForEachLoopOperation operation)
    {
        Visit(operation.Collection);
        RunMaybe(() => Visit(operation.Body));
    }

    public override void VisitBranch(IBranchOperation operation)
    {
        if (!_jumps.TryGetValue(operation.Target, out var landing))
        {
            _jumps[operation.Target] = landing = Unreachable();
        }

        landing.MeetWith(_state);
        _state.Leave();
    }

    public override void VisitReturn(IReturnOperation operation)
    {
        Visit(operation.ReturnedValue);
        if (operation.Kind == OperationKind.Return)
        {
            _returns.MeetWith(_state);
            _state.Leave();
        }
    }

    public override void VisitThrow(IThrowOperation operation)
    {
        Visit(operation.Exception);
        _state.Leave();
    }

    public override void VisitTry(ITryOperation operation)
    {
        var before = _state.Copy();
        Visit(operation.Body);
        var after = _state.Copy();
        foreach (var handler in operation.Catches)
        {
            _state.ResetTo(before);
            Visit(handler);
            after.MeetWith(_state);
        }

        _state.ResetTo(before);
        Visit(operation.Finally);
        foreach (var name in _state.Names)
        {
            after.Add(name);
        }

        _state = after;
    }

    /// <summary>A lambda counts where it stands; nobody knows when it runs, so that it certainly sets nothing.</summary>
    public override void VisitAnonymousFunction(IAnonymousFunctionOperation operation) => RunMaybe(() => VisitBody(operation.Body));

    /// <summary>A local function counts where it is called.</summary>
    public override void VisitLocalFunction(ILocalFunctionOperation operation)
    {
    }

    private void VisitLocalBody(ILocalFunctionOperation function)
    {
        if (_running.Add(function.Symbol))
        {
            VisitBody(function.Body);
            _running.Remove(function.Symbol);
        }
    }

    private void VisitBody(IOperation? body)
    {
        var outerReturns = _returns;
        _returns = Unreachable();
        Visit(body);
        _state.MeetWith(_returns);
        _returns = outerReturns;
    }

    private void Loop(ILoopOperation loop, IOperation? condition, IEnumerable<IOperation>? bottom)
    {
        Visit(condition);
        var isEndless = condition is null || condition.ConstantValue is { HasValue: true, Value: true };
        RunMaybe(() =>
        {
            Visit(loop.Body);
            foreach (var step in bottom ?? [])
            {
                Visit(step);
            }
        });
        if (isEndless)
        {
            _state.Leave();
            Land(loop.ExitLabel);
        }
    }

    /// <summary>Runs what may not run.</summary>
    private void RunMaybe(Action visit)
    {
        var before = _state.Copy();
        visit();
        _state.MeetWith(before);
    }

    private void RunOneOf(IReadOnlyList<Action> branches)
    {
        var before = _state.Copy();
        var after = Unreachable();
        foreach (var branch in branches)
        {
            _state.ResetTo(before);
            branch();
            after.MeetWith(_state);
        }

        _state.ResetTo(after);
    }

    private void Land(ILabelSymbol label)
    {
        if (_jumps.TryGetValue(label, out var landing))
        {
            _state.MeetWith(landing);
        }
    }
}
