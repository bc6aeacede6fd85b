using System.Globalization;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Metaflow.Code;

/// <content>The bodies of methods, and what their instructions refer to.</content>
internal sealed partial class CodeWalk
{
    private const string Texts = "System.Resources.ResourceManager::.ctor";
    private bool _isAssemblyAsked;
    private bool _hasResources;

    /// <summary>Where the current instruction ends in its method's body.</summary>
    private int _place;

    private const string CellType = "Metaflow.Artifacts.ArtifactCell`1";

    private void WriteMethod(MethodKey method)
    {
        EnterAssembly(method.Assembly);
        Write("method", TextOf(method));
        WriteDeclaration(method);
        if (method.Assembly.BodyOf(method.Definition) is { } body)
        {
            WriteInstructions(method, body, from: 0);
        }
    }

    private void WriteInstructions(MethodKey method, MethodBodyBlock body, int from)
    {
        if (!body.LocalSignature.IsNil)
        {
            var locals = method.Assembly.Reader.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(
                Types(method.Assembly), null);
            Write("locals", string.Join(',', locals));
        }

        foreach (var region in body.ExceptionRegions)
        {
            var caught = region.CatchType.IsNil ? "" : TextOfType(method.Assembly, region.CatchType);
            Write(
                "region",
                $"{region.Kind} {region.TryOffset} {region.TryLength} {region.HandlerOffset} {region.HandlerLength} "
                    + $"{region.FilterOffset} {caught}");
        }

        var instructions = new InstructionReader(body.GetILBytes());
        while (instructions.MoveNext())
        {
            if (instructions.Offset <= from)
            {
                continue;
            }

            var wasAssemblyAsked = _isAssemblyAsked;
            _isAssemblyAsked = false;
            _place = instructions.Offset;
            var operand = instructions.Kind switch
            {
                // A text with line breaks must not look like other instructions.
                OperandKind.Text => Convert.ToHexString(
                    Bytes(method.Assembly.Reader.GetUserString((UserStringHandle)MetadataTokens.Handle(instructions.Token)))),
                OperandKind.Token => TextOfToken(method, instructions.Code, MetadataTokens.EntityHandle(instructions.Token)),
                _ => Convert.ToHexString(instructions.Operand),
            };
            Write(((int)instructions.Code).ToString("X", CultureInfo.InvariantCulture), operand);

            // An assembly that is handed to anything but its texts may be searched for code.
            _isProvable &= !wasAssemblyAsked || operand.StartsWith(Texts, StringComparison.Ordinal);
        }

        _isProvable &= !_isAssemblyAsked;
        _isAssemblyAsked = false;
    }

    private string TextOfToken(MethodKey from, ILOpCode code, EntityHandle token)
    {
        var assembly = from.Assembly;
        switch (token.Kind)
        {
            case HandleKind.MethodDefinition:
                return Call(from, new MethodKey(assembly, (MethodDefinitionHandle)token), code);
            case HandleKind.FieldDefinition:
                return Access(assembly, (FieldDefinitionHandle)token);
            case HandleKind.MemberReference:
                return TextOfMember(from, code, assembly.Reader.GetMemberReference((MemberReferenceHandle)token));
            case HandleKind.MethodSpecification:
                var specification = assembly.Reader.GetMethodSpecification((MethodSpecificationHandle)token);
                if (RunsProgram(assembly, specification.Method))
                {
                    return TextOfToken(from, code, specification.Method);
                }

                var arguments = specification.DecodeSignature(Types(assembly), null);
                var text = $"{TextOfToken(from, code, specification.Method)}<{string.Join(',', arguments)}>";
                ReachFlowsAmong(arguments, text);
                ReachServices(text);
                return text;
            case HandleKind.StandaloneSignature:
                return TypeTexts.Of(assembly.Reader.GetStandaloneSignature((StandaloneSignatureHandle)token).DecodeMethodSignature(
                    Types(assembly), null));
            default:
                return TextOfType(assembly, token);
        }
    }

    private string Call(MethodKey from, MethodKey method, ILOpCode code)
    {
        // A step that is handed to Next is where the flow goes, not what this step does. Handed to anything else, it is a method like
        // others.
        if (code is ILOpCode.Ldftn or ILOpCode.Ldvirtftn && IsStep(method, out var step) && DelegateRoute.GoesToNext(from, _place))
        {
            return "step " + step;
        }

        // The constructors of a flow run before each of its steps, and count by what their author wrote.
        if (code == ILOpCode.Call && IsConstructorOfOwnFlow(method))
        {
            return TextOf(method);
        }

        Reach(method);
        if (method.IsVirtual)
        {
            ReachOverrides(method);
        }

        // Whatever gets an object of another flow may call all that the flow has.
        if (code == ILOpCode.Newobj && IsFlow(method.Type) && !_ownFlow.Contains(method.Type))
        {
            ReachWholeFlow(method.Type);
        }

        if (!CountsByCallsOnly(method.Type))
        {
            if (!method.IsStatic)
            {
                Use(method.Type);
            }
            else if ((method.Type.Definition.Attributes & TypeAttributes.BeforeFieldInit) == 0)
            {
                ReachStaticConstructor(method.Type);
            }
        }

        return TextOf(method);
    }

    private string Access(AuthorAssembly assembly, FieldDefinitionHandle handle)
    {
        var field = assembly.Reader.GetFieldDefinition(handle);
        var type = new TypeKey(assembly, field.GetDeclaringType());
        var name = assembly.Reader.GetString(field.Name);
        var fieldType = field.DecodeSignature(Types(assembly), null);
        if (IsFlow(type) && fieldType.StartsWith(CellType, StringComparison.Ordinal))
        {
            return $"artifact {ArtifactNameOf(type, handle)} {fieldType}";
        }

        if ((field.Attributes & FieldAttributes.Static) != 0)
        {
            ReachStaticConstructor(type);
        }
        else if (IsFlow(type))
        {
            ReachConstructors(type);
        }
        else if (!CountsByCallsOnly(type))
        {
            Use(type);
        }

        // The field that keeps a lambda is named by the lambda's number.
        return type.HoldsLambdas && name.StartsWith("<>9", StringComparison.Ordinal) ? "lambda" : $"{TextOf(type)}.{name} {fieldType}";
    }

    private string TextOfMember(MethodKey from, ILOpCode code, MemberReference member)
    {
        var assembly = from.Assembly;
        var name = assembly.Reader.GetString(member.Name);
        if (member.Parent.Kind == HandleKind.MethodDefinition)
        {
            return Call(from, new MethodKey(assembly, (MethodDefinitionHandle)member.Parent), code);
        }

        var parent = TextOfType(assembly, member.Parent);
        if (member.GetKind() == MemberReferenceKind.Field)
        {
            return DefinitionOf(assembly, member.Parent) is { } declaring && FieldOf(declaring, name) is { } field
                ? $"{parent} {Access(declaring.Assembly, field)}"
                : $"{parent}.{name} {member.DecodeFieldSignature(Types(assembly), null)}";
        }

        var signature = TypeTexts.Of(member.DecodeMethodSignature(Types(assembly), null));
        if (DefinitionOf(assembly, member.Parent) is { } type)
        {
            if (MethodOf(type, name, signature) is { } method)
            {
                return $"{parent} {Call(from, method, code)}";
            }

            // A member of the author's that is not found where its reference says: what it runs is unknown.
            _isProvable = false;
        }
        else if (parent == "System.Type" && name is ("get_Assembly" or "get_Module"))
        {
            _isAssemblyAsked = true;
        }
        else if (IsReflection(parent, name))
        {
            _isProvable = false;
        }
        else if (parent.StartsWith("System.Resources.", StringComparison.Ordinal)
            || parent == "System.ComponentModel.ComponentResourceManager")
        {
            WriteResources();
        }

        return $"{parent}::{name} {signature}";
    }

    /// <summary>Writes the resources of all of the author's assemblies, once.</summary>
    private void WriteResources()
    {
        if (!_hasResources)
        {
            _hasResources = true;
            foreach (var assembly in assemblies.Opened.OrderBy(static assembly => assembly.Name, StringComparer.Ordinal).ToList())
            {
                Write("resources", assembly.DescribeResources());
            }
        }
    }

    /// <summary>A step that asks for a service runs what the class that makes the services puts there: the class counts with all that it
    /// reaches.</summary>
    private void ReachServices(string text)
    {
        if (!text.StartsWith("Metaflow.FlowSpec::ServiceOf", StringComparison.Ordinal))
        {
            return;
        }

        if (!Services.IsKnown)
        {
            _isProvable = false;
        }
        else if (Services.Type.Length > 0)
        {
            Write(
                "services",
                assemblies.Find(Services.Assembly)?.Find(Services.Type) is { } type
                    ? Use(type)
                    : External((Services.Assembly, Services.Type)));
        }
    }

    private void ReachConstructors(TypeKey type) => ReachNamed(type, ".ctor");

    private void ReachStaticConstructor(TypeKey type) => ReachNamed(type, ".cctor");

    private void ReachNamed(TypeKey type, string name)
    {
        foreach (var handle in type.Definition.GetMethods())
        {
            var method = new MethodKey(type.Assembly, handle);
            if (method.Name == name)
            {
                Reach(method);
            }
        }
    }

    /// <summary>Reaches what may run in the place of a virtual method: all methods of its name in types that may stand for its
    /// own.</summary>
    private void ReachOverrides(MethodKey method)
    {
        if (!_derived.TryGetValue(method.Type, out var derived))
        {
            derived = [.. assemblies.Opened.ToList()
                .SelectMany(static assembly => assembly.Reader.TypeDefinitions.Select(handle => new TypeKey(assembly, handle)))
                .Where(type => type != method.Type && DerivesFrom(type, method.Type))];
            _derived.Add(method.Type, derived);
        }

        foreach (var type in derived)
        {
            foreach (var candidate in type.Definition.GetMethods())
            {
                var other = new MethodKey(type.Assembly, candidate);
                if (other.IsVirtual && (other.Name == method.Name || other.Name.EndsWith("." + method.Name, StringComparison.Ordinal)))
                {
                    Reach(other);
                }
            }
        }
    }

    private bool DerivesFrom(TypeKey type, TypeKey ancestor)
    {
        for (TypeKey? current = type; current is { } now; current = BaseOf(now))
        {
            if (now == ancestor)
            {
                return true;
            }

            foreach (var handle in now.Definition.GetInterfaceImplementations())
            {
                if (DefinitionOf(now.Assembly, now.Assembly.Reader.GetInterfaceImplementation(handle).Interface) is { } implemented
                    && DerivesFrom(implemented, ancestor))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private MethodKey? MethodOf(TypeKey type, string name, string signature)
    {
        for (TypeKey? current = type; current is { } now; current = BaseOf(now))
        {
            foreach (var handle in now.Definition.GetMethods())
            {
                var method = new MethodKey(now.Assembly, handle);
                if (method.Name == name && TypeTexts.Of(method.Definition.DecodeSignature(Types(now.Assembly), null)) == signature)
                {
                    return method;
                }
            }
        }

        return null;
    }

    private static FieldDefinitionHandle? FieldOf(TypeKey type, string name)
    {
        foreach (var handle in type.Definition.GetFields())
        {
            if (type.Assembly.Reader.StringComparer.Equals(type.Assembly.Reader.GetFieldDefinition(handle).Name, name))
            {
                return handle;
            }
        }

        return null;
    }

    /// <summary>Finds the name on disk that a cell is made with: the constructor loads the text before it stores the cell.</summary>
    private static string ArtifactNameOf(TypeKey flow, FieldDefinitionHandle cell)
    {
        foreach (var handle in flow.Definition.GetMethods())
        {
            var method = new MethodKey(flow.Assembly, handle);
            if (method.Name != ".ctor" || flow.Assembly.BodyOf(method.Definition) is not { } body)
            {
                continue;
            }

            var last = "";
            var instructions = new InstructionReader(body.GetILBytes());
            while (instructions.MoveNext())
            {
                if (instructions.Kind == OperandKind.Text)
                {
                    last = flow.Assembly.Reader.GetUserString((UserStringHandle)MetadataTokens.Handle(instructions.Token));
                }
                else if (instructions.Code == ILOpCode.Stfld && MetadataTokens.EntityHandle(instructions.Token) == cell)
                {
                    return last;
                }
            }
        }

        return flow.Assembly.Reader.GetString(flow.Assembly.Reader.GetFieldDefinition(cell).Name);
    }
}
