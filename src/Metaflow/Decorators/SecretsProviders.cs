using Metaflow.Naming;
using Metaflow.Plugins;
using Metaflow.Secrets;

namespace Metaflow.Decorators;

/// <summary>Finds the back ends of secrets that are not the framework's own: those of the flow's assemblies, then those of
/// plug-ins.</summary>
internal static class SecretsProviders
{
    /// <summary>Finds a back end.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="flow">The flow's class, whose assembly is looked at first.</param>
    /// <returns>The back end, or <see langword="null"/>.</returns>
    public static ISecretsProvider? Find(string name, Type flow)
        => OwnOf(flow).FirstOrDefault(provider => provider.Name == name) ?? ProgramPlugins.Registry.Find<ISecretsProvider>(name);

    /// <summary>Says which back ends there are, and where others come from.</summary>
    /// <param name="flow">The flow's class.</param>
    /// <returns>Sentences.</returns>
    public static string Describe(Type flow)
        => $"This program has {string.Join(", ", NamesFor(flow).Select(static name => $"'{name}'"))}. "
            + "You can write another one as a class in the flow's assembly, or reference a package whose plug-in registers it.";

    /// <summary>Says how a program gets a back end that it lacks.</summary>
    /// <param name="name">The name that was written.</param>
    /// <param name="flow">The flow's class.</param>
    /// <returns>A sentence; <see langword="null"/> where nothing is known of the name.</returns>
    public static string? RemedyOf(string name, Type flow)
        => KnownPackages.RemedyOf(name)
            ?? (ClosestName.Find(name, [.. NamesFor(flow).Union(KnownPackages.SecretsBackends)]) is not { } near ? null
                : $"Did you mean '{near}'?{(NamesFor(flow).Contains(near) ? "" : " " + KnownPackages.RemedyOf(near))}");

    private static IEnumerable<string> NamesFor(Type flow)
        => SecretSource.FrameworkBackends.Concat(ProgramPlugins.Registry.NamesOf<ISecretsProvider>())
            .Concat(OwnOf(flow).Select(static provider => provider.Name)).Distinct();

    private static IEnumerable<ISecretsProvider> OwnOf(Type flow)
        => OwnParts.Of(flow).Where(static own => own.Type.IsAssignableTo(typeof(ISecretsProvider)))
            .Select(static own => (ISecretsProvider)own.Make());
}
