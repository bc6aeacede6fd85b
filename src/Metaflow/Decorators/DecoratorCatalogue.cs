using System.Reflection;
using Metaflow.Definition;

namespace Metaflow.Decorators;

/// <summary>The decorators that <c>--with</c> knows by name: the framework's, then those of the assemblies that the flow's classes are in.</summary>
internal static class DecoratorCatalogue
{
    private static readonly IReadOnlyDictionary<string, Func<DecoratorAttribute>> Own = new SortedDictionary<string, Func<DecoratorAttribute>>(StringComparer.Ordinal)
    {
        ["catch"] = static () => new CatchAttribute(),
        ["environment"] = static () => new EnvironmentVariablesAttribute(),
        ["local"] = static () => new LocalAttribute(),
        ["max_parallel"] = static () => new MaxParallelAttribute(),
        [NoCacheAttribute.DiskName] = static () => new NoCacheAttribute(),
        ["resources"] = static () => new ResourcesAttribute(),
        ["retry"] = static () => new RetryAttribute(),
        ["secrets"] = static () => new SecretsAttribute(),
        ["timeout"] = static () => new TimeoutAttribute(),
    };

    /// <summary>Returns the names that are known, sorted.</summary>
    /// <param name="flow">The flow's class.</param>
    /// <returns>The names.</returns>
    public static IReadOnlyList<string> NamesFor(Type flow)
        => [.. Own.Keys.Concat(AuthorsOf(flow).Select(DecoratorData.NameOf)).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Makes a decorator with its defaults.</summary>
    /// <param name="name">Its name on disk, or the full name of its class.</param>
    /// <param name="flow">The flow's class.</param>
    /// <returns>The decorator, or <see langword="null"/> when there is none of the name.</returns>
    public static DecoratorAttribute? Make(string name, Type flow)
    {
        if (Own.TryGetValue(name, out var make))
        {
            return make();
        }

        var type = AuthorsOf(flow).FirstOrDefault(type => DecoratorData.NameOf(type) == name || type.FullName == name);
        return type is null ? null : (DecoratorAttribute)Activator.CreateInstance(type)!;
    }

    private static IEnumerable<Type> AuthorsOf(Type flow)
        => AssembliesOf(flow).Distinct().SelectMany(static assembly => assembly.GetTypes()).Where(static type =>
            type.IsAssignableTo(typeof(DecoratorAttribute)) && !type.IsAssignableTo(typeof(FlowDecoratorAttribute))
            && !type.IsAbstract && type.GetConstructor(Type.EmptyTypes) is not null);

    private static IEnumerable<Assembly> AssembliesOf(Type flow)
    {
        for (var type = flow; type is not null && type != typeof(FlowSpec); type = type.BaseType)
        {
            yield return type.Assembly;
        }
    }
}
