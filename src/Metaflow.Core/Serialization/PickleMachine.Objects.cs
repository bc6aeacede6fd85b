namespace Metaflow.Serialization;

/// <content>Classes, their instances and calls.</content>
internal sealed partial class PickleMachine
{
    private bool TryConstruct(byte opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Global:
                var module = ReadLine();
                Push(PythonTypes.Class(module, ReadLine()));
                return true;
            case PickleOpcode.StackGlobal:
                var name = Pop() as string;
                Push(Pop() is string text && name is not null ? PythonTypes.Class(text, name) : throw Malformed("a class has no name"));
                return true;
            case PickleOpcode.Reduce:
                var arguments = PopTuple();
                Push(Call(Pop(), arguments));
                return true;
            case PickleOpcode.NewObject:
                var newArguments = PopTuple();
                Push(PythonTypes.New(PopClass(), newArguments));
                return true;
            case PickleOpcode.NewObjectWithKeywords:
                var keywords = Pop();
                var all = PopTuple();
                var type = PopClass();
                Push(keywords is Dictionary<object, object?> { Count: > 0 } ? PythonTypes.New(type, new PythonTuple([.. all, keywords])) : PythonTypes.New(type, all));
                return true;
            case PickleOpcode.Build:
                var state = Pop();
                Build(Top(), ViewsContent && Top() is not NumericArray ? WithoutViews(state) : state);
                return true;
            case PickleOpcode.Instance:
                var instanceModule = ReadLine();
                Push(Call(PythonTypes.Class(instanceModule, ReadLine()), new PythonTuple(PopToMark())));
                return true;
            case PickleOpcode.Object:
                var parts = PopToMark();
                Push(parts is [PythonClass called, ..] ? Call(called, new PythonTuple(parts[1..])) : throw Malformed("an instance has no class"));
                return true;
            default:
                return false;
        }
    }

    private PythonTuple PopTuple() => Pop() as PythonTuple ?? throw Malformed("arguments are no tuple");

    private PythonClass PopClass() => Pop() as PythonClass ?? throw Malformed("an instance has no class");

    private object? Call(object? callable, PythonTuple arguments) => callable switch
    {
        PythonClass type when PythonTypes.TryCall(type, arguments, out var value) => value,
        PythonClass type => new PythonObject(type.Module, type.Name, arguments, isCall: true),
        PythonObject function => new PythonObject(function.Module, function.Name, [function, .. arguments], isCall: true),
        _ => throw Malformed("what is called is no class"),
    };

    private void Build(object? target, object? state)
    {
        switch (target)
        {
            case NumericArray array:
                BuildArray(array, state);
                break;
            case NumericType type:
                // A type of its own: the one that was made may be known under other names in the pickle, with another state.
                Replace(type, (state is PythonTuple typeState ? type.WithState(typeState) : null) ?? (object)new PythonObject("numpy", "dtype", [type.Code], state, isCall: true));
                break;
            case PythonObject instance:
                instance.State = state;
                if (PythonTypes.TryFinish(instance, out var finished))
                {
                    Replace(instance, finished);
                }

                break;
            case List<object?> or Dictionary<object, object?> or HashSet<object?>:
                // Attributes of a subclass that is read as the plain collection it is.
                break;
            default:
                throw Malformed("a state is set on what has none");
        }
    }

    private void BuildArray(NumericArray array, object? state)
    {
        if (state is not PythonTuple { Count: 4 or 5 } parts)
        {
            throw Malformed("an array has no content");
        }

        var skip = parts.Count - 4;
        if (parts[skip + 1] is not NumericType type)
        {
            // A type of items that is not known here, such as a sub-array: kept as it is.
            Replace(array, new PythonObject("numpy", "ndarray", [new PythonTuple(0L)], WithoutViews(state)));
            return;
        }

        var isFortranOrder = parts[skip + 2] is true or 1L;
        if (!NumericShape.TryFill(array, type, parts[skip], isFortranOrder, parts[skip + 3]))
        {
            throw Malformed("an array's content does not fit its shape");
        }
    }
}
