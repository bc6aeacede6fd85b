using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Metaflow.Code;

/// <content>Code that no instruction of the author's calls: what .NET and packages call by virtual methods and interfaces of their own,
/// what is found by name, and the steps of flows that a step runs.</content>
internal sealed partial class CodeWalk
{
    private static readonly string[] ReflectingSpaces =
    [
        "System.Reflection.", "System.Runtime.Loader.", "System.Linq.Expressions.", "System.Dynamic.", "Microsoft.CSharp.RuntimeBinder.",
    ];

    /// <summary>Namespaces whose generic methods call no member of an object but by its interfaces and virtual methods.</summary>
    private static readonly string[] PlainSpaces = ["Metaflow.", "System."];

    /// <summary>Namespaces of those that read objects member by member.</summary>
    private static readonly string[] SerializingSpaces =
    [
        "System.Text.Json.", "System.Xml.", "System.Runtime.Serialization.", "System.Net.Http.",
    ];

    /// <summary>Returns true if a method of the runtime or of a package finds code by name or as data, so that what it runs cannot be
    /// seen.</summary>
    private static bool IsReflection(string type, string method) => type switch
    {
        "System.Type" => (method.StartsWith("Get", StringComparison.Ordinal) && method != "GetTypeFromHandle" && method != "GetTypeCode")
            || method.StartsWith("Find", StringComparison.Ordinal) || method == "InvokeMember",
        "System.Delegate" or "System.MulticastDelegate" => method == "CreateDelegate",
        "System.Runtime.CompilerServices.RuntimeHelpers" =>
            method is "RunClassConstructor" or "RunModuleConstructor" or "GetUninitializedObject",
        "System.Activator" or "System.AppDomain" or "System.ComponentModel.TypeDescriptor" => true,
        _ => StartsWithAny(type, ReflectingSpaces)
            // Those of packages that search an assembly for classes say so: FromAssemblyOf, RegisterServicesFromAssemblyContaining.
            || (method.Contains("Assembl", StringComparison.Ordinal) && !method.StartsWith("get_", StringComparison.Ordinal)),
    };

    private static bool StartsWithAny(string name, string[] beginnings)
        => Array.Exists(beginnings, beginning => name.StartsWith(beginning, StringComparison.Ordinal));

    /// <summary>Reaches what code outside the author's assemblies may call of the flow when the flow is handed to it: by a virtual
    /// method or an interface of its own. Where an object of the flow goes is not followed: these methods, which few flows have, are part
    /// of each step.</summary>
    /// <param name="methods">The methods, in the order of the source.</param>
    private void ReachCalledBack(IEnumerable<MethodInfo> methods)
    {
        foreach (var method in methods)
        {
            var declaring = method.DeclaringType!;
            if (assemblies.Find(declaring.Assembly.GetName().Name!) is { } assembly
                && MetadataTokens.EntityHandle(method.MetadataToken) is { Kind: HandleKind.MethodDefinition } handle)
            {
                Reach(new MethodKey(assembly, (MethodDefinitionHandle)handle));
            }
        }
    }

    /// <summary>Looks at the flows that a generic method is called for. A flow that is run as part of a step belongs to the step, with
    /// all its steps.</summary>
    private void ReachFlowsAmong(ImmutableArray<string> arguments, string method)
    {
        foreach (var argument in arguments)
        {
            foreach (var flow in assemblies.Opened.ToList().Select(assembly => assembly.Find(argument)).OfType<TypeKey>().Where(IsFlow))
            {
                var isPlain = StartsWithAny(method, PlainSpaces);
                if ((isPlain && IsRunOfFlows(method)) || (!isPlain && !_ownFlow.Contains(flow)))
                {
                    ReachWholeFlow(flow);
                }

                // A serializer reads the flow's own properties, of which no one knows which are called.
                _isProvable &= !StartsWithAny(method, SerializingSpaces);
            }
        }
    }

    private static bool IsRunOfFlows(string method)
        => method.StartsWith("Metaflow.", StringComparison.Ordinal)
            && (method.Contains("::Run", StringComparison.Ordinal) || method.Contains("::Resume", StringComparison.Ordinal));

    private void ReachWholeFlow(TypeKey flow)
    {
        for (TypeKey? type = flow; type is { } current; type = BaseOf(current))
        {
            WriteAttributes(current.Assembly, current.Definition.GetCustomAttributes());
            foreach (var method in current.Definition.GetMethods())
            {
                Reach(new MethodKey(current.Assembly, method));
            }
        }
    }
}
