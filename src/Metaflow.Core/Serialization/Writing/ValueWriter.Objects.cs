namespace Metaflow.Serialization;

/// <content>Arrays of numbers and instances of Python's classes.</content>
internal sealed partial class ValueWriter
{
    private void WriteArray(Array array)
    {
        var element = array.GetType().GetElementType()!;
        if (Enumerable.Range(0, array.Rank).Any(axis => array.GetLowerBound(axis) != 0))
        {
            throw SerializationErrors.LosesState(_path, array.GetType(), "its lowest index");
        }

        if (element == typeof(byte) && array.Rank == 1)
        {
            _emitter.Bytes(array, ArrayMemory.Parts(array), array.LongLength);
        }
        else if (NumericType.OfElement(element) is { } type)
        {
            var shape = Enumerable.Range(0, array.Rank).Select(axis => (long)array.GetLength(axis)).ToArray();
            WriteNumbers(array, type, shape, isFortranOrder: false);
        }
        else if (TypeShape.Of(element).Kind == ShapeKind.Forbidden)
        {
            throw SerializationErrors.CannotBeStored(_path, array.GetType());
        }
        else if (array.Rank == 1)
        {
            WriteList(array, array);
        }
        else if (LosesAxis(array))
        {
            throw SerializationErrors.LosesState(_path, array.GetType(), "the length of the axes after the one without elements");
        }
        else
        {
            WriteList(NestedRows(array, 0, new int[array.Rank]), array);
        }
    }

    // Lists of lists that are empty do not say how long what they would hold is.
    private static bool LosesAxis(Array array)
    {
        var empty = Enumerable.Range(0, array.Rank).TakeWhile(axis => array.GetLength(axis) > 0).Count();
        return Enumerable.Range(0, array.Rank).Skip(empty).Any(axis => array.GetLength(axis) > 0);
    }

    private static List<object?> NestedRows(Array array, int axis, int[] indices)
    {
        var rows = new List<object?>(array.GetLength(axis));
        for (var i = 0; i < array.GetLength(axis); i++)
        {
            indices[axis] = i + array.GetLowerBound(axis);
            rows.Add(axis == array.Rank - 1 ? array.GetValue(indices) : NestedRows(array, axis + 1, indices));
        }

        return rows;
    }

    private void WriteNumericArray(NumericArray array)
    {
        if (array.ElementType.Fields.Count > 0)
        {
            throw SerializationErrors.CannotBeStored(_path, typeof(NumericArray));
        }

        WriteNumbers(array, array.ElementType, array.Shape, array.IsFortranOrder);
    }

    // numpy.ndarray.__new__ and __setstate__: names that every version of NumPy has, in contrast to the private one NumPy itself writes.
    private void WriteNumbers(object array, NumericType type, IReadOnlyList<long> shape, bool isFortranOrder)
    {
        _emitter.Global("numpy", "ndarray");
        WriteTuple([new PythonTuple(0L)], null);
        _emitter.Opcode(PickleOpcode.NewObject);
        _emitter.Memoize(array);
        _emitter.Boundary();
        _emitter.Opcode(PickleOpcode.Mark);
        _emitter.Int(1);
        WriteTuple(shape.Select(length => (object?)length).ToList(), null);
        WriteElementType(type);
        _emitter.Opcode(isFortranOrder ? PickleOpcode.True : PickleOpcode.False);
        if (array is NumericArray { Objects: { } objects })
        {
            WriteList(objects.ToList(), objects);
        }
        else
        {
            var parts = array is NumericArray stored ? stored.DataParts : ArrayMemory.Parts((Array)array);
            _emitter.Bytes(null, parts, parts.Sum(part => (long)part.Length));
        }

        _emitter.Opcode(PickleOpcode.Tuple);
        _emitter.Memoize();
        _emitter.Opcode(PickleOpcode.Build);
    }

    private void WriteElementType(NumericType type)
    {
        _emitter.Boundary();
        if (!_elementTypes.TryGetValue(type.Code, out var identity))
        {
            identity = _elementTypes[type.Code] = type;
        }

        if (!_emitter.TryReference(identity))
        {
            _emitter.Global("numpy", "dtype");
            WriteTuple([type.Code], null);
            _emitter.Opcode(PickleOpcode.Reduce);
            _emitter.Memoize(identity);
        }
    }

    private void WriteInstance(PythonObject instance, object identity)
    {
        _emitter.Global(instance.Module, instance.Name);
        WriteTuple(instance.Arguments, null);
        if (_emitter.IsMemoized(identity))
        {
            // One of the arguments refers back to the instance and so wrote it already.
            _emitter.Opcode(PickleOpcode.Pop);
            _emitter.Opcode(PickleOpcode.Pop);
            _emitter.TryReference(identity);
            return;
        }

        _emitter.Opcode(instance.IsCall ? PickleOpcode.Reduce : PickleOpcode.NewObject);
        _emitter.Memoize(identity);
        WriteInstanceItems(instance.Items);
        if (instance.State is not null)
        {
            _path.EnterMember("State");
            Write(instance.State);
            _path.Leave();
            _emitter.Opcode(PickleOpcode.Build);
        }
    }

    private void WriteInstanceItems(List<object?> items)
    {
        var appended = items.Where(item => item is not KeyValuePair<object, object?>).ToList();
        if (appended.Count > 0)
        {
            _path.EnterItems();
            WriteBatches(appended);
            _path.Leave();
        }

        WritePairs(items.OfType<KeyValuePair<object, object?>>()
            .Select(pair => new KeyValuePair<object?, object?>(pair.Key, pair.Value)).ToList());
    }
}
