using System.Reflection;
using Metaflow.Secrets;

namespace Metaflow.Decorators;

/// <summary>Finds the back ends of secrets that are not the framework's own.</summary>
internal static class SecretsProviders
{
    /// <summary>Finds a back end.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="flow">The flow's class, whose assembly is looked at first.</param>
    /// <returns>The back end, or <see langword="null"/>.</returns>
    public static ISecretsProvider? Find(string name, Type flow)
        => AssembliesOf(flow).SelectMany(static assembly => assembly.GetTypes())
            .Where(static type => type is { IsAbstract: false, IsPublic: true } && type.IsAssignableTo(typeof(ISecretsProvider)) && type.GetConstructor(Type.EmptyTypes) is not null)
            .Select(static type => (ISecretsProvider)Activator.CreateInstance(type)!)
            .FirstOrDefault(provider => provider.Name == name);

    // A plug-in that no line of code uses is not among the references of the author's assembly; the program knows it all the same.
    private static IEnumerable<Assembly> AssembliesOf(Type flow)
    {
        for (var type = flow; type is not null && type != typeof(FlowSpec); type = type.BaseType)
        {
            yield return type.Assembly;
        }

        var known = AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "";
        foreach (var name in known.Split(Path.PathSeparator).Select(Path.GetFileNameWithoutExtension).OfType<string>().Where(static name => name.StartsWith("Metaflow.", StringComparison.Ordinal)))
        {
            yield return Assembly.Load(name);
        }
    }
}
