using System.Reflection;
using Metaflow.Services;

namespace Metaflow.Code;

/// <summary>Says which code a step runs: a hash that changes when the step's code, or anything of the author's that it can reach, or a
/// package changes.</summary>
/// <remarks>Where it cannot be proved what a step reaches (reflection, <c>dynamic</c>), the hash is that of the author's assemblies as a
/// whole. What the step does not reach, comments, blank lines and names of local variables do not change it. The flow's assembly is read as
/// a file: nothing of it is loaded.</remarks>
internal static class CodeHasher
{
    /// <summary>Computes the identities of all steps of a flow.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="steps">The names of the steps on disk.</param>
    /// <param name="decorators">The classes of decorators that the run has beside those of the source; their code is hashed under
    /// <see cref="NameOf"/>.</param>
    /// <returns>A hash for each step, as 64 hexadecimal digits after <c>code:</c>, or after <c>assembly:</c> where only the whole could be
    /// hashed.</returns>
    public static IReadOnlyDictionary<string, string> Of(
        FlowSpec flow, IReadOnlyCollection<string> steps, params IReadOnlyCollection<Type> decorators)
    {
        var type = flow.GetType();
        var path = type.Assembly.Location;
        if (path.Length == 0)
        {
            var whole = WholeProgram.IdentityOf(flow);
            return steps.Concat(decorators.Select(NameOf)).ToDictionary(static name => name, _ => whole);
        }

        using var assemblies = new AuthorAssemblies(path);
        assemblies.OpenAll();
        var methods = MethodsOf(flow, type);
        var stepsByMethod = new Dictionary<string, string>();
        foreach (var (step, method) in methods)
        {
            stepsByMethod.TryAdd(method.Name, step);
        }

        var calledBack = CalledBack.MethodsOf(type, assembly => assemblies.Find(assembly.GetName().Name!) is not null);
        var identities = steps.ToDictionary(
            static step => step,
            step => Of(
                new CodeWalk(assemblies, stepsByMethod) { Services = ServicesOf(flow), CalledBack = calledBack },
                assemblies,
                flow,
                methods.GetValueOrDefault(step)));
        foreach (var decorator in decorators)
        {
            var walk = new CodeWalk(assemblies, stepsByMethod) { Services = ServicesOf(flow) };
            walk.Enter(decorator.Assembly.GetName().Name!, NameOfDefinition(decorator));
            identities[NameOf(decorator)] = walk.Finish();
        }

        return identities;
    }

    /// <summary>Names a decorator's class among the steps.</summary>
    /// <param name="decorator">The class.</param>
    /// <returns>A name that no step has.</returns>
    public static string NameOf(Type decorator) => $"[{decorator.FullName}]";

    private static string Of(CodeWalk walk, AuthorAssemblies assemblies, FlowSpec flow, MethodInfo? method)
    {
        var owner = method?.DeclaringType is { } declaring && assemblies.Find(declaring.Assembly.GetName().Name!) is { } assembly
            ? assembly.Find(NameOfDefinition(declaring))
            : null;
        return owner is null || !walk.TryEnter(owner, method!.MetadataToken, flow.GetType().FullName!)
            ? CodeWalk.Whole(assemblies)
            : walk.Finish();
    }

    private static string NameOfDefinition(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!;

    /// <summary>Names the class that makes the flow's services. Services that a host hands over are made by code that nobody can
    /// name.</summary>
    private static FlowServicesCode ServicesOf(FlowSpec flow)
    {
        if (flow.Services is not null)
        {
            return new FlowServicesCode(IsKnown: false, "", "");
        }

        var type = FlowServiceSource.TypeNamedBy(flow.GetType());
        return new FlowServicesCode(IsKnown: true, type?.Assembly.GetName().Name ?? "", type?.FullName ?? "");
    }

    /// <summary>Finds the method of each step; that of the most derived class where several declare it.</summary>
    private static Dictionary<string, MethodInfo> MethodsOf(FlowSpec flow, Type type)
    {
        var methods = new Dictionary<string, MethodInfo>(StringComparer.Ordinal);
        for (var current = type; current is not null && current != typeof(FlowSpec); current = current.BaseType)
        {
            foreach (var method in current.GetMethods(BindingFlags.Instance | BindingFlags.Public
                | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (method.IsDefined(typeof(StepAttribute), inherit: true) && flow.StepNameOf(method.Name) is { } step)
                {
                    methods.TryAdd(step, method);
                }
            }
        }

        return methods;
    }
}

/// <summary>Where a flow's services come from, as far as it is known before a step asks for one.</summary>
/// <param name="IsKnown">Whether it is known.</param>
/// <param name="Assembly">The assembly of the class that makes them; empty when there is none.</param>
/// <param name="Type">The full name of the class; empty when there is none.</param>
internal readonly record struct FlowServicesCode(bool IsKnown, string Assembly, string Type);
