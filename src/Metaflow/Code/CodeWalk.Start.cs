using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Metaflow.Code;

/// <content>The code that every task's process runs before its step: the program's entry, the initialisers of its modules, and the flow's
/// constructors.</content>
internal sealed partial class CodeWalk
{
    private const string Programs = "Metaflow.FlowProgram";
    private const string Registration = "Metaflow.Generated.ReferencedPlugins";

    /// <summary>Reaches what runs before a step. It may set what the step reads: a static field, a variable of the environment, the
    /// culture, an artifact.</summary>
    private void ReachStart()
    {
        foreach (var assembly in assemblies.Opened.OrderBy(static assembly => assembly.Name, StringComparer.Ordinal).ToList())
        {
            if (assembly.EntryPoint is { } main)
            {
                Reach(main);
            }

            if (assembly.Module is { } module)
            {
                ReachInitializers(module);
            }
        }

        foreach (var flow in _ownFlow.ToList())
        {
            if ((flow.Definition.Attributes & TypeAttributes.BeforeFieldInit) == 0)
            {
                ReachStaticConstructor(flow);
            }

            foreach (var handle in flow.Definition.GetMethods())
            {
                var constructor = new MethodKey(flow.Assembly, handle);
                if (constructor.Name == ".ctor" && flow.Assembly.BodyOf(constructor.Definition) is { } body)
                {
                    var (start, isEmpty) = AuthorsPartOf(constructor, body);
                    if (!isEmpty)
                    {
                        _pending.Enqueue(() => WriteInstructions(constructor, body, start));
                    }
                }
            }
        }
    }

    /// <summary>Reaches the initializers of a module, which the compiler calls one after the other. The generated one adds plug-ins and
    /// what an author registers: it makes nothing that a step sees, and a decorator counts for the steps that carry it.</summary>
    private void ReachInitializers(TypeKey module)
    {
        foreach (var handle in module.Definition.GetMethods())
        {
            var constructor = new MethodKey(module.Assembly, handle);
            if (constructor.Name != ".cctor" || module.Assembly.BodyOf(constructor.Definition) is not { } body)
            {
                continue;
            }

            var instructions = new InstructionReader(body.GetILBytes());
            while (instructions.MoveNext())
            {
                if (instructions.Code == ILOpCode.Call
                    && MetadataTokens.EntityHandle(instructions.Token) is { Kind: HandleKind.MethodDefinition } called)
                {
                    var initializer = new MethodKey(module.Assembly, (MethodDefinitionHandle)called);
                    if (initializer.Type.FullName != Registration)
                    {
                        Reach(initializer);
                    }
                }
            }
        }
    }

    /// <summary>Finds the author's part of a constructor: what comes after the fields, among which are the cells of all artifacts. A step
    /// that reads an ordinary field reaches the whole constructor by <see cref="Access"/>.</summary>
    private static (int Start, bool IsEmpty) AuthorsPartOf(MethodKey constructor, MethodBodyBlock body)
    {
        var reader = constructor.Assembly.Reader;
        var (start, isEmpty, isAfterBase) = (0, true, false);
        var instructions = new InstructionReader(body.GetILBytes());
        while (instructions.MoveNext())
        {
            if (!isAfterBase && instructions.Code == ILOpCode.Stfld
                && IsFieldOf(constructor, MetadataTokens.EntityHandle(instructions.Token)))
            {
                (start, isEmpty) = (instructions.Offset, true);
                continue;
            }

            var callsConstructor = instructions.Code == ILOpCode.Call
                && NameOfMethod(reader, MetadataTokens.EntityHandle(instructions.Token)) == ".ctor";
            isAfterBase |= callsConstructor;
            isEmpty &= callsConstructor || instructions.Code is ILOpCode.Nop or ILOpCode.Ldarg_0 or ILOpCode.Ret;
        }

        return (start, isEmpty);
    }

    private static bool IsFieldOf(MethodKey constructor, EntityHandle field) => field.Kind switch
    {
        HandleKind.FieldDefinition =>
            constructor.Assembly.Reader.GetFieldDefinition((FieldDefinitionHandle)field).GetDeclaringType() == constructor.Type.Handle,
        // A field of a generic class is named by a reference.
        HandleKind.MemberReference => constructor.Type.Definition.GetGenericParameters().Count > 0,
        _ => false,
    };

    private static string NameOfMethod(MetadataReader reader, EntityHandle method) => method.Kind switch
    {
        HandleKind.MethodDefinition => reader.GetString(reader.GetMethodDefinition((MethodDefinitionHandle)method).Name),
        HandleKind.MemberReference => reader.GetString(reader.GetMemberReference((MemberReferenceHandle)method).Name),
        _ => "",
    };

    /// <summary>Returns true if a call is that of a flow's constructor to its base's: each constructor of a flow counts by its author's
    /// part.</summary>
    private bool IsConstructorOfOwnFlow(MethodKey method) => method.Name == ".ctor" && _ownFlow.Contains(method.Type);

    /// <summary>Returns true if a method that is handed over is a step of this flow. A method of another class that is named like a step,
    /// or an overload of one, is none.</summary>
    private bool IsStep(MethodKey method, out string step)
    {
        step = "";
        return !method.IsStatic && stepsByMethod.TryGetValue(method.Name, out step!) && _ownFlow.Contains(method.Type)
            && (method.IsVirtual || method.Definition.GetCustomAttributes()
                .Any(handle => TextOfConstructor(
                    method.Assembly, method.Assembly.Reader.GetCustomAttribute(handle).Constructor) == "Metaflow.StepAttribute"));
    }

    /// <summary>Returns true if a generic method is one that runs flows: the flows that a program may run are not part of each
    /// other.</summary>
    private static bool RunsProgram(AuthorAssembly assembly, EntityHandle method)
        => method.Kind == HandleKind.MemberReference
            && assembly.Reader.GetMemberReference((MemberReferenceHandle)method).Parent is { Kind: HandleKind.TypeReference } parent
            && assembly.NameOf((TypeReferenceHandle)parent).FullName == Programs;
}
