namespace Metaflow.Plugins;

/// <summary>What a package adds to Metaflow: stores, metadata providers, launchers and more.</summary>
/// <remarks>The package names the class with <see cref="MetaflowPluginAttribute"/>. Every program that references the package then
/// registers it before its <c>Main</c>, in the process that launches a run and in those of its tasks. Metaflow does not scan
/// assemblies.</remarks>
public interface IMetaflowPlugin
{
    /// <summary>Adds what the package has. Called once in a process, at its start: it should only add, and make nothing yet.</summary>
    /// <param name="registry">Takes the parts.</param>
    static abstract void Register(PluginRegistry registry);
}
