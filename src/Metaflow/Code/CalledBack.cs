using System.Reflection;

namespace Metaflow.Code;

/// <summary>Finds the methods of a flow that code outside the author's assemblies can call without knowing the flow.</summary>
internal static class CalledBack
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>Finds them.</summary>
    /// <param name="flow">The flow's class.</param>
    /// <param name="isAuthors">Whether the author wrote an assembly.</param>
    /// <returns>Overrides of virtual methods, and implementations of interfaces, that are not the author's. What <see cref="FlowSpec"/>
    /// itself has is left out: that is the description of the flow. In an order that unrelated code does not change.</returns>
    public static IReadOnlyList<MethodInfo> MethodsOf(Type flow, Func<Assembly, bool> isAuthors)
    {
        var methods = new List<MethodInfo>();
        for (var type = flow; type is not null && isAuthors(type.Assembly); type = type.BaseType)
        {
            var overrides = type.GetMethods(Declared)
                .Where(method => method.IsVirtual && method.GetBaseDefinition() is { DeclaringType: { } first }
                    && first != typeof(FlowSpec) && !isAuthors(first.Assembly));
            methods.AddRange(overrides.OrderBy(static method => method.MetadataToken));
        }

        foreach (var called in flow.GetInterfaces().Except(typeof(FlowSpec).GetInterfaces()).OrderBy(
            static called => called.ToString(), StringComparer.Ordinal))
        {
            if (!isAuthors(called.Assembly))
            {
                var targets = flow.GetInterfaceMap(called).TargetMethods;
                methods.AddRange(targets.Where(static method => method is not null).OrderBy(
                    static method => method.ToString(), StringComparer.Ordinal));
            }
        }

        return methods;
    }
}
