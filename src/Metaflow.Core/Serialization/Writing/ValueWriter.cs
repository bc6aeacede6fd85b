using System.Buffers;
using System.Collections;
using System.Net;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Metaflow.Serialization;

/// <summary>Writes a graph of .NET values as a pickle: each object once, by identity.</summary>
/// <param name="root">The name of the value, for errors.</param>
internal sealed partial class ValueWriter(string root)
{
    private const int BatchSize = 1000;
    private readonly PickleEmitter _emitter = new();
    private readonly ValuePath _path = new(root);
    private readonly Dictionary<Enum, string> _memberNames = [];
    private readonly Dictionary<string, object> _elementTypes = new(StringComparer.Ordinal);

    // What is being written: an object of these that is met again contains itself.
    private readonly List<object> _open = [];

    private Dictionary<object, IList>? _enumerated;
    private object? _root;
    private TypeShape? _recentRecord;

    /// <summary>Gets the items of what was enumerated and is not a collection, by identity: it might give others, or none, the second
    /// time.</summary>
    public IReadOnlyDictionary<object, IList>? Enumerated => _enumerated;

    /// <summary>Gets a value indicating whether only reading the value back tells that all of it is given back: collections of the
    /// author's own, keys that may become the same, objects that contain themselves.</summary>
    public bool IsDoubtful { get; private set; }

    public ReadOnlySequence<byte> WriteAll(object? value)
    {
        _root = value;
        try
        {
            Write(value);
            return _emitter.Finish();
        }
        catch (Exception error) when (error is not (Errors.MetaflowException or OutOfMemoryException))
        {
            // Such as a collection that changes meanwhile, or one of the author's own that cannot be enumerated.
            throw SerializationErrors.PartThrew(_path, error);
        }
    }

    private void Write(object? value)
    {
        _emitter.Boundary();
        switch (value)
        {
            case null or DBNull:
                _emitter.Opcode(PickleOpcode.None);
                break;
            case string text:
                _emitter.Text(text);
                break;
            case bool flag:
                _emitter.Opcode(flag ? PickleOpcode.True : PickleOpcode.False);
                break;
            case double number:
                _emitter.Float(number);
                break;
            case int number:
                _emitter.Int(number);
                break;
            case long number:
                _emitter.Int(number);
                break;
            default:
                WriteOther(value);
                break;
        }
    }

    private void WriteOther(object value)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            WriteOnFreshStack(value);
            return;
        }

        if (value.GetType() == _recentRecord?.Type)
        {
            WriteRecordOnce(value, _recentRecord);
            return;
        }

        var isValueType = value is ValueType;
        if ((!isValueType && TryReference(value)) || (isValueType && TryWriteScalar(value)))
        {
            return;
        }

        WriteObject(value, isValueType);
    }

    private bool TryReference(object value)
    {
        if (!_emitter.TryReference(value))
        {
            return false;
        }

        IsDoubtful |= _open.Exists(open => ReferenceEquals(open, value));
        return true;
    }

    private void WriteObject(object value, bool isValueType)
    {
        switch (value)
        {
            case Array array:
                WriteArray(array);
                break;
            case PythonTuple tuple:
                WriteTuple(tuple, tuple);
                break;
            case ITuple tuple when FrameworkTypes.IsOfFramework(value.GetType()):
                WriteTuple(Enumerable.Range(0, tuple.Length).Select(i => tuple[i]).ToList(), isValueType ? null : value);
                break;
            case PythonObject instance:
                WriteInstance(instance, instance);
                break;
            case IPythonForm form:
                WriteInstance(form.ToPython(), value);
                break;
            case StepFailure failure:
                WriteInstance(StepFailureEncoding.ToPython(failure), value);
                break;
            case PythonClass type:
                _emitter.Global(type.Module, type.Name);
                break;
            case NumericArray array:
                WriteNumericArray(array);
                break;
            case NumericType type:
                WriteElementType(type);
                break;
            case Uri or Version or StringBuilder or IPAddress when FrameworkTypes.IsOfFramework(value.GetType()):
                _emitter.Text(value is Uri uri ? UriText.Of(uri) : value.ToString()!);
                break;
            case FileInfo or DirectoryInfo:
                _emitter.Text(((FileSystemInfo)value).FullName);
                break;
            case JsonDocument or JsonNode:
                WriteJson(JsonForm.ElementOf(value), value);
                break;
            default:
                WriteByShape(value);
                break;
        }
    }

    // Apart from its caller, where the closure would be made for every value.
    private void WriteOnFreshStack(object value)
    {
        if (_path.Depth > DeepStack.DeepestNesting)
        {
            throw SerializationErrors.NestedTooDeeply(DeepStack.DeepestNesting);
        }

        DeepStack.Continue(() => WriteOther(value));
    }

    private void WriteByShape(object value)
    {
        var shape = TypeShape.Of(value.GetType());
        if (shape.Lost is { } lost)
        {
            throw SerializationErrors.LosesState(_path, shape.Type, lost);
        }

        if (CollectionState.IsUnset(value))
        {
            _emitter.Opcode(PickleOpcode.None);
            return;
        }

        IsDoubtful |= !CollectionState.RequireKept(_path, value, shape) || IsOfAuthor(shape) || value is ITuple || shape.Hidden.Count > 0;
        _open.Add(value);
        WriteByShape(value, shape);
        _open.RemoveAt(_open.Count - 1);
    }

    // What an iterator method returns is a collection that the compiler wrote.
    private static bool IsOfAuthor(TypeShape shape)
        => shape.Kind is ShapeKind.Sequence or ShapeKind.Set or ShapeKind.Dictionary && !shape.Type.Name.StartsWith('<')
            && !FrameworkTypes.IsOfFramework(shape.Type);

    private void WriteByShape(object value, TypeShape shape)
    {
        switch (shape.Kind)
        {
            case ShapeKind.Dictionary:
                WriteDictionary(value, shape);
                break;
            case ShapeKind.Set:
                WriteSet((IEnumerable)value, shape);
                break;
            case ShapeKind.Sequence:
                WriteList(ItemsOf((IEnumerable)value), value);
                break;
            case ShapeKind.Pair:
                WriteTuple(shape.Members.Select(member => member.Get(value)).ToList(), null);
                break;
            case ShapeKind.Record when value.GetType() != typeof(object):
                // Reached by records only, so that the next one of the type need not be told from all else again.
                _recentRecord = value is ValueType ? null : shape;
                WriteRecord(value, shape);
                break;
            default:
                throw SerializationErrors.CannotBeStored(_path, value.GetType());
        }
    }

    private void WriteRecordOnce(object value, TypeShape shape)
    {
        if (!TryReference(value))
        {
            _open.Add(value);
            WriteRecord(value, shape);
            _open.RemoveAt(_open.Count - 1);
        }
    }

    private void WriteRecord(object value, TypeShape shape)
    {
        _emitter.Opcode(PickleOpcode.EmptyDict);
        _emitter.Memoize(value is ValueType ? null : value);
        var members = shape.Members;
        if (members.Count > 1)
        {
            _emitter.Opcode(PickleOpcode.Mark);
        }

        for (var i = 0; i < members.Count; i++)
        {
            var member = members[i];
            _path.EnterMember(member.Name);
            _emitter.Text(member.Key);
            if (member.IsForbidden)
            {
                throw SerializationErrors.CannotBeStored(_path, member.Type);
            }

            WriteMember(member, value);
            if (member.HasOwnGetter && !member.IsAsKept(value))
            {
                throw SerializationErrors.GetterChanges(_path, shape.Type);
            }

            _path.Leave();
        }

        if (members.Count > 0)
        {
            _emitter.Opcode(members.Count == 1 ? PickleOpcode.SetItem : PickleOpcode.SetItems);
        }
    }

    private T Get<T>(MemberGetter<T> getter, object value)
    {
        try
        {
            return getter.Get(value);
        }
        catch (TargetInvocationException error) when (error.InnerException is { } cause)
        {
            throw SerializationErrors.MemberThrew(_path, value.GetType(), cause);
        }
    }

    private object? Get(MemberShape member, object value)
    {
        try
        {
            return member.Get(value);
        }
        catch (TargetInvocationException error) when (error.InnerException is { } cause)
        {
            throw SerializationErrors.MemberThrew(_path, value.GetType(), cause);
        }
    }
}
