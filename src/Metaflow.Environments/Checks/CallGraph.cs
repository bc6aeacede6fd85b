using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using Metaflow.Code;

namespace Metaflow.Environments.Checks;

/// <summary>Says which methods of the author's code a method can come to.</summary>
/// <remarks>
/// <para>It finds too many rather than too few: of a virtual method all overrides, and of an object that is made all virtual methods, since
/// others may call them. What is called by reflection alone is not found.</para>
/// <para>A transition names the next step as a delegate, and does not call it. So delegates of steps are not followed.</para>
/// </remarks>
/// <param name="code">The author's code.</param>
internal sealed class CallGraph(OwnCode code)
{
    private const string Constructor = ".ctor";
    private const string StaticConstructor = ".cctor";

    private readonly Dictionary<OwnMethod, IReadOnlyList<OwnMethod>> _calls = [];
    private ILookup<(string Name, int Parameters), OwnMethod>? _virtual;

    /// <summary>Returns what can be reached from methods.</summary>
    /// <param name="roots">The methods.</param>
    /// <param name="flow">The classes of the flow that runs. The overrides of other flows do not count.</param>
    /// <returns>The methods, the roots among them.</returns>
    public HashSet<OwnMethod> ReachedFrom(IEnumerable<OwnMethod> roots, IReadOnlyList<OwnType> flow)
    {
        var reached = new HashSet<OwnMethod>();
        var pending = new Stack<OwnMethod>(roots);
        while (pending.TryPop(out var method))
        {
            var isOfOther = !flow.Contains(method.Type) && code.LevelsOfFlow(method.Type) is not null && IsVirtual(method);
            if (!isOfOther && reached.Add(method))
            {
                foreach (var next in CallsOf(method))
                {
                    pending.Push(next);
                }
            }
        }

        return reached;
    }

    private IReadOnlyList<OwnMethod> CallsOf(OwnMethod method)
    {
        if (!_calls.TryGetValue(method, out var calls))
        {
            var found = new HashSet<OwnMethod>();
            foreach (var attribute in method.Definition.GetCustomAttributes().Concat(method.Type.Definition.GetCustomAttributes()))
            {
                AddMember(found, method.Assembly, method.Assembly.Reader.GetCustomAttribute(attribute).Constructor, ILOpCode.Newobj);
            }

            var instructions = new InstructionReader(method.Assembly.InstructionsOf(method.Definition));
            while (instructions.MoveNext())
            {
                if (instructions.Kind == OperandKind.Token)
                {
                    Add(found, method.Assembly, MetadataTokens.EntityHandle(instructions.Token), instructions.Code);
                }
            }

            calls = [.. found];
            _calls.Add(method, calls);
        }

        return calls;
    }

    private void Add(HashSet<OwnMethod> found, AssemblyFile assembly, EntityHandle token, ILOpCode instruction)
    {
        switch (token.Kind)
        {
            case HandleKind.TypeDefinition or HandleKind.TypeReference or HandleKind.TypeSpecification:
                AddTypes(found, assembly, token);
                break;
            case HandleKind.FieldDefinition:
                AddStatic(found, new OwnType(
                    assembly, assembly.Reader.GetFieldDefinition((FieldDefinitionHandle)token).GetDeclaringType()));
                break;
            case HandleKind.MethodSpecification:
                var specification = assembly.Reader.GetMethodSpecification((MethodSpecificationHandle)token);
                foreach (var type in specification.DecodeSignature(new MentionedTypes(), null).SelectMany(static types => types))
                {
                    AddTypes(found, assembly, type);
                }

                AddMember(found, assembly, specification.Method, instruction);
                break;
            case HandleKind.MethodDefinition or HandleKind.MemberReference:
                AddMember(found, assembly, token, instruction);
                break;
            default:
                break;
        }
    }

    private void AddMember(HashSet<OwnMethod> found, AssemblyFile assembly, EntityHandle token, ILOpCode instruction)
    {
        if (token.Kind == HandleKind.MethodDefinition)
        {
            AddMethod(found, new OwnMethod(assembly, (MethodDefinitionHandle)token), instruction);
            return;
        }

        var member = assembly.Reader.GetMemberReference((MemberReferenceHandle)token);
        if (member.Parent.Kind == HandleKind.TypeSpecification)
        {
            AddArguments(found, assembly, (TypeSpecificationHandle)member.Parent);
        }

        if (code.Find(assembly, member.Parent) is not { } type)
        {
            return;
        }

        AddStatic(found, type);
        if (member.GetKind() == MemberReferenceKind.Method)
        {
            // Overloads with as many parameters are not told apart: those of a base type may have other names for one type.
            var name = assembly.Reader.GetString(member.Name);
            var parameters = member.DecodeMethodSignature(SignatureTexts.Instance, null).ParameterTypes.Length;
            for (OwnType? level = type; level is { } own; level = code.Find(own.Assembly, own.Definition.BaseType))
            {
                var named = own.Methods.Where(method => KeyOf(method) == (name, parameters)).ToList();
                named.ForEach(method => AddMethod(found, method, instruction));
                if (named.Count > 0)
                {
                    break;
                }
            }
        }
    }

    private void AddMethod(HashSet<OwnMethod> found, OwnMethod method, ILOpCode instruction)
    {
        if (instruction is ILOpCode.Ldftn or ILOpCode.Ldvirtftn && OwnCode.IsStep(method))
        {
            return;
        }

        found.Add(method);
        AddStatic(found, method.Type);
        if (method.Name == Constructor)
        {
            AddInstance(found, method.Type);
        }
        else if (instruction is ILOpCode.Callvirt or ILOpCode.Ldvirtftn && IsVirtual(method))
        {
            _virtual ??= code.Types().SelectMany(static type => type.Methods).Where(IsVirtual).ToLookup(KeyOf);
            found.UnionWith(_virtual[KeyOf(method)]);
        }
    }

    private void AddTypes(HashSet<OwnMethod> found, AssemblyFile assembly, EntityHandle token)
    {
        if (token.Kind == HandleKind.TypeSpecification)
        {
            AddArguments(found, assembly, (TypeSpecificationHandle)token);
        }
        else if (code.Find(assembly, token) is { } type && code.LevelsOfFlow(type) is null)
        {
            // What makes objects of the type may be a container, or 'new T()'.
            found.UnionWith(type.Methods.Where(static method => method.Name == Constructor));
            AddStatic(found, type);
            AddInstance(found, type);
        }
    }

    private void AddArguments(HashSet<OwnMethod> found, AssemblyFile assembly, TypeSpecificationHandle token)
    {
        foreach (var type in assembly.Reader.GetTypeSpecification(token).DecodeSignature(new MentionedTypes(), null))
        {
            AddTypes(found, assembly, type);
        }
    }

    /// <summary>Adds what others may call of an object: what calls a flow's methods is Metaflow, one step at a time.</summary>
    private void AddInstance(HashSet<OwnMethod> found, OwnType type)
    {
        if (code.LevelsOfFlow(type) is null)
        {
            found.UnionWith(type.Methods.Where(IsVirtual));
        }
    }

    private static void AddStatic(HashSet<OwnMethod> found, OwnType type)
        => found.UnionWith(type.Methods.Where(static method => method.Name == StaticConstructor));

    private static bool IsVirtual(OwnMethod method) => method.Definition.Attributes.HasFlag(MethodAttributes.Virtual);

    private static (string Name, int Parameters) KeyOf(OwnMethod method)
    {
        // An explicit implementation has the name of the interface before its own.
        var name = method.Name;
        var dot = name.LastIndexOf('.');
        return (
            dot > 0 ? name[(dot + 1)..] : name,
            method.Definition.DecodeSignature(SignatureTexts.Instance, null).ParameterTypes.Length);
    }
}
