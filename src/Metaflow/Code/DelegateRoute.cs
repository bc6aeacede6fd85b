using System.Buffers.Binary;
using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Metaflow.Code;

/// <summary>Follows a delegate of a step through the body of a method, from where it is made to what takes it.</summary>
/// <remarks>Where the way is not plain the answer is no: then the step counts as code of the method, which is more than is needed, and
/// never less.</remarks>
internal sealed class DelegateRoute
{
    private static readonly Dictionary<int, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(static field => (OpCode)field.GetValue(null)!).ToDictionary(static code => (int)(ushort)code.Value);

    private readonly AuthorAssembly _assembly;
    private readonly MetadataReader _reader;
    private readonly List<Instruction> _instructions = [];
    private readonly Dictionary<int, int> _places = [];
    private readonly HashSet<Position> _seen = [];
    private readonly Stack<Position> _pending = new();
    private readonly HashSet<string> _kept = new(StringComparer.Ordinal);

    private DelegateRoute(AuthorAssembly assembly, ReadOnlySpan<byte> body)
    {
        _assembly = assembly;
        _reader = assembly.Reader;
        var instructions = new InstructionReader(body);
        for (var start = 0; instructions.MoveNext(); start = instructions.Offset)
        {
            _places.Add(start, _instructions.Count);
            _instructions.Add(new Instruction(instructions.Offset, instructions.Code, instructions.Operand.ToArray()));
        }
    }

    /// <summary>Returns true if a delegate is given to a flow's <c>Next</c>, and to nothing else.</summary>
    /// <param name="method">The method that makes it.</param>
    /// <param name="place">Where the instruction ends that loads the delegate's method.</param>
    /// <returns>Whether it is.</returns>
    public static bool GoesToNext(MethodKey method, int place)
    {
        var route = new DelegateRoute(method.Assembly, method.Assembly.BodyOf(method.Definition)!.GetILBytes());
        return route._places.TryGetValue(place, out var first) && route.Follow(first);
    }

    private bool Follow(int first)
    {
        // The delegate is made of the method and the object that it is called for.
        if (_instructions[first].Code != ILOpCode.Newobj || !IsDelegate(NameOf(_instructions[first])))
        {
            return false;
        }

        _pending.Push(new Position(first + 1, Above: 0, IsInArray: false));
        while (_pending.TryPop(out var position))
        {
            if (_seen.Add(position) && (position.Place >= _instructions.Count || !Step(position, first)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsDelegate(string constructor)
        => constructor == "System.Action::.ctor" || constructor.StartsWith("System.Action`", StringComparison.Ordinal)
            || constructor.StartsWith("System.Func`", StringComparison.Ordinal);

    /// <summary>Moves on over one instruction.</summary>
    /// <param name="position">The instruction, and where the delegate is before it.</param>
    /// <param name="first">The instruction that made the delegate.</param>
    private bool Step(Position position, int first)
    {
        var (place, above, _) = position;
        var instruction = _instructions[place];
        if (EffectOf(instruction) is not var (pops, pushes))
        {
            return false;
        }

        if (pops > above)
        {
            return instruction.Code switch
            {
                ILOpCode.Call or ILOpCode.Callvirt => NameOf(instruction) == "Metaflow.FlowSpec::Next",
                ILOpCode.Stelem_ref => above == 0 && IsItemOfLiteral(first) && Enqueue(new Position(place + 1, Above: 0, IsInArray: true)),
                ILOpCode.Dup => position.IsInArray && IsIndex(place + 1) && Enqueue(position.At(place + 1, above: 1)),
                ILOpCode.Stfld => above == 0 && NameOfField(instruction) is var field && field.StartsWith("<>", StringComparison.Ordinal)
                    && FollowKept(field, position.IsInArray),
                _ => LocalOf(instruction, ILOpCode.Stloc_0, ILOpCode.Stloc_s, ILOpCode.Stloc) is { } local
                    && FollowKept(local, position.IsInArray),
            };
        }

        var next = position.At(place + 1, above + pushes - pops);
        return Codes[(int)instruction.Code].FlowControl switch
        {
            FlowControl.Throw => true,
            FlowControl.Return => false,
            FlowControl.Branch => instruction.Code is ILOpCode.Br or ILOpCode.Br_s && EnqueueTargets(instruction, next),
            FlowControl.Cond_Branch => EnqueueTargets(instruction, next) && Enqueue(next),
            _ => Enqueue(next),
        };
    }

    private bool Enqueue(Position position)
    {
        _pending.Push(position);
        return true;
    }

    private bool EnqueueTargets(Instruction instruction, Position next)
    {
        var operand = instruction.Operand.AsSpan();
        if (instruction.Code == ILOpCode.Switch)
        {
            for (var target = 4; target < operand.Length; target += 4)
            {
                Enqueue(next.At(_places[instruction.End + BinaryPrimitives.ReadInt32LittleEndian(operand[target..])]));
            }

            return true;
        }

        return Enqueue(
            next.At(
                _places[instruction.End + (operand.Length == 1 ? (sbyte)operand[0] : BinaryPrimitives.ReadInt32LittleEndian(operand))]));
    }

    /// <summary>The compiler keeps what lies on the stack in variables, and in fields of its own while a method awaits: whatever reads
    /// them has to go to Next too.</summary>
    private bool FollowKept(string variable, bool isInArray)
    {
        if (_kept.Add(variable))
        {
            for (var place = 0; place < _instructions.Count; place++)
            {
                var instruction = _instructions[place];
                if (instruction.Code is ILOpCode.Ldflda or ILOpCode.Ldloca or ILOpCode.Ldloca_s && KeptIn(instruction) == variable)
                {
                    return false;
                }

                if (KeptIn(instruction) == variable)
                {
                    Enqueue(new Position(place + 1, Above: 0, isInArray));
                }
            }
        }

        return true;
    }

    /// <summary>Names the variable or the field that an instruction loads.</summary>
    private string? KeptIn(Instruction instruction) => instruction.Code switch
    {
        ILOpCode.Ldfld or ILOpCode.Ldflda => NameOfField(instruction),
        ILOpCode.Ldloca or ILOpCode.Ldloca_s => LocalOf(instruction, first: null, ILOpCode.Ldloca_s, ILOpCode.Ldloca),
        _ => LocalOf(instruction, ILOpCode.Ldloc_0, ILOpCode.Ldloc_s, ILOpCode.Ldloc),
    };

    /// <summary>Names the local variable of an instruction that is one of a kind: the codes for each of the first four variables, for 256
    /// of them, and for all.</summary>
    private static string? LocalOf(Instruction instruction, ILOpCode? first, ILOpCode small, ILOpCode large)
    {
        var code = instruction.Code;
        int? number = code == small ? instruction.Operand[0]
            : code == large ? BinaryPrimitives.ReadUInt16LittleEndian(instruction.Operand)
            : code >= first && code <= first + 3 ? code - first
            : null;
        return number is { } local ? local.ToString(CultureInfo.InvariantCulture) : null;
    }

    /// <summary>Returns true if the delegate is an item of an array that is written where it is used: the array is then on the stack
    /// below.</summary>
    private bool IsItemOfLiteral(int first)
    {
        var place = first - 2;
        place -= IsAt(place, ILOpCode.Dup) ? 1 : 0;
        place -= IsAt(place, ILOpCode.Ldfld) ? 1 : 0;
        return IsAt(place, ILOpCode.Ldarg_0, ILOpCode.Ldloc_0, ILOpCode.Ldloc_1, ILOpCode.Ldloc_2, ILOpCode.Ldloc_3, ILOpCode.Ldloc_s)
            && IsIndex(place - 1) && IsAt(place - 2, ILOpCode.Dup);
    }

    private bool IsIndex(int place) => place >= 0 && _instructions[place].Code is >= ILOpCode.Ldc_i4_0 and <= ILOpCode.Ldc_i4;

    private bool IsAt(int place, params ReadOnlySpan<ILOpCode> codes) => place >= 0 && codes.Contains(_instructions[place].Code);

    /// <summary>Says how many values an instruction takes from the stack and how many it puts there; <see langword="null"/> where that is
    /// not known.</summary>
    private (int Pops, int Pushes)? EffectOf(Instruction instruction)
    {
        if (instruction.Code is ILOpCode.Call or ILOpCode.Callvirt or ILOpCode.Newobj)
        {
            return EffectOfCall(instruction);
        }

        var code = Codes[(int)instruction.Code];
        return code.StackBehaviourPop == StackBehaviour.Varpop && code.FlowControl != FlowControl.Return
            ? null
            : (CountOf(code.StackBehaviourPop, StackBehaviour.Pop0), CountOf(code.StackBehaviourPush, StackBehaviour.Push0));
    }

    /// <summary>The names of what an instruction takes and puts list it: <c>Popref_popi_pop1</c>.</summary>
    private static int CountOf(StackBehaviour behaviour, StackBehaviour none)
        => behaviour == none || behaviour == StackBehaviour.Varpop ? 0 : 1 + behaviour.ToString().Count('_');

    private (int Pops, int Pushes) EffectOfCall(Instruction instruction)
    {
        var signature = _reader.GetBlobReader(SignatureOf(instruction.Token));
        var header = signature.ReadSignatureHeader();
        if (header.IsGeneric)
        {
            signature.ReadCompressedInteger();
        }

        var parameters = signature.ReadCompressedInteger();
        if (instruction.Code == ILOpCode.Newobj)
        {
            return (parameters, 1);
        }

        var result = signature.ReadSignatureTypeCode();
        while (result is SignatureTypeCode.RequiredModifier or SignatureTypeCode.OptionalModifier)
        {
            signature.ReadTypeHandle();
            result = signature.ReadSignatureTypeCode();
        }

        return (parameters + (header.IsInstance ? 1 : 0), result == SignatureTypeCode.Void ? 0 : 1);
    }

    private BlobHandle SignatureOf(EntityHandle method) => method.Kind switch
    {
        HandleKind.MethodDefinition => _reader.GetMethodDefinition((MethodDefinitionHandle)method).Signature,
        HandleKind.MemberReference => _reader.GetMemberReference((MemberReferenceHandle)method).Signature,
        _ => SignatureOf(_reader.GetMethodSpecification((MethodSpecificationHandle)method).Method),
    };

    /// <summary>Names a method of the framework or of the runtime; of constructors the type alone.</summary>
    private string NameOf(Instruction instruction)
    {
        var method = instruction.Token;
        if (method.Kind == HandleKind.MethodSpecification)
        {
            method = _reader.GetMethodSpecification((MethodSpecificationHandle)method).Method;
        }

        if (method.Kind != HandleKind.MemberReference)
        {
            return "";
        }

        var member = _reader.GetMemberReference((MemberReferenceHandle)method);
        var parent = member.Parent.Kind switch
        {
            HandleKind.TypeReference => _assembly.NameOf((TypeReferenceHandle)member.Parent).FullName,
            HandleKind.TypeSpecification => NameOfGeneric((TypeSpecificationHandle)member.Parent),
            _ => "",
        };
        return $"{parent}::{_reader.GetString(member.Name)}";
    }

    private string NameOfGeneric(TypeSpecificationHandle handle)
    {
        var signature = _reader.GetBlobReader(_reader.GetTypeSpecification(handle).Signature);
        if (signature.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
        {
            return "";
        }

        signature.ReadCompressedInteger();
        return signature.ReadTypeHandle() is { Kind: HandleKind.TypeReference } type
            ? _assembly.NameOf((TypeReferenceHandle)type).FullName
            : "";
    }

    private string NameOfField(Instruction instruction) => instruction.Token.Kind switch
    {
        HandleKind.FieldDefinition => _reader.GetString(_reader.GetFieldDefinition((FieldDefinitionHandle)instruction.Token).Name),
        HandleKind.MemberReference => _reader.GetString(_reader.GetMemberReference((MemberReferenceHandle)instruction.Token).Name),
        _ => "",
    };

    /// <summary>Where the delegate is before an instruction.</summary>
    /// <param name="Place">The instruction.</param>
    /// <param name="Above">How many values lie on the stack above the delegate.</param>
    /// <param name="IsInArray">Whether it is an array that lies there, with the delegate among its items.</param>
    private sealed record Position(int Place, int Above, bool IsInArray)
    {
        public Position At(int place) => this with { Place = place };

        public Position At(int place, int above) => this with { Place = place, Above = above };
    }

    private sealed record Instruction(int End, ILOpCode Code, byte[] Operand)
    {
        public EntityHandle Token => MetadataTokens.EntityHandle(BinaryPrimitives.ReadInt32LittleEndian(Operand));
    }
}
