namespace Metaflow.Plugins;

/// <summary>Says that an assembly has a plug-in: programs that reference the assembly register it.</summary>
/// <param name="plugin">A public class that implements <see cref="IMetaflowPlugin"/>.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class MetaflowPluginAttribute(Type plugin) : Attribute
{
    /// <summary>Gets the class.</summary>
    public Type Plugin => plugin;
}
