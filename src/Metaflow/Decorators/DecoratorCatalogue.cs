using Metaflow.Definition;
using Metaflow.Plugins;

namespace Metaflow.Decorators;

/// <summary>The decorators that <c>--with</c> knows by name: those of plug-ins, the framework's among them, then those of the assemblies
/// that the flow's classes are in.</summary>
internal static class DecoratorCatalogue
{
    /// <summary>Gets the names of decorators of flows, which no step can have.</summary>
    public static IReadOnlyList<string> NamesOfFlows => ProgramPlugins.Registry.NamesOf<FlowDecoratorFactory>();

    /// <summary>Makes a decorator of flows.</summary>
    /// <param name="name">Its name on disk.</param>
    /// <returns>The decorator, or <see langword="null"/> when there is none of the name.</returns>
    public static FlowDecoratorAttribute? OfFlow(string name) => ProgramPlugins.Registry.Find<FlowDecoratorFactory>(name)?.Invoke();

    /// <summary>Returns the names that are known, sorted.</summary>
    /// <param name="flow">The flow's class.</param>
    /// <returns>The names.</returns>
    public static IReadOnlyList<string> NamesFor(Type flow) =>
    [
        .. ProgramPlugins.Registry.NamesOf<DecoratorFactory>()
            .Concat(OwnOf(flow).Select(static own => DecoratorData.NameOf(own.Type))).Distinct().Order(StringComparer.Ordinal),
    ];

    /// <summary>Makes a decorator with its defaults.</summary>
    /// <param name="name">Its name on disk, or the full name of its class where that is the author's.</param>
    /// <param name="flow">The flow's class.</param>
    /// <returns>The decorator, or <see langword="null"/> when there is none of the name.</returns>
    public static DecoratorAttribute? Make(string name, Type flow)
        => ProgramPlugins.Registry.Find<DecoratorFactory>(name) is { } make ? make()
            : (DecoratorAttribute?)OwnOf(flow)
                .FirstOrDefault(own => DecoratorData.NameOf(own.Type) == name || own.Type.FullName == name)?.Make();

    /// <summary>Returns true if a decorator gives steps an environment.</summary>
    /// <param name="text">The decorator as <c>--with</c> has it.</param>
    /// <returns>Whether it does; false if there is none of the name.</returns>
    public static bool IsOfEnvironments(string text)
        => ProgramPlugins.Registry.Find<DecoratorFactory>(text.Split(':')[0])?.Invoke() is EnvironmentDecoratorAttribute;

    private static IEnumerable<OwnPart> OwnOf(Type flow)
        => OwnParts.Of(flow)
            .Where(static own => own.Type.IsSubclassOf(typeof(DecoratorAttribute))
                && !own.Type.IsSubclassOf(typeof(FlowDecoratorAttribute)));
}
