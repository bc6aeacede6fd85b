namespace Metaflow.StepEnvironments;

/// <summary>The class of a flow as it is found in the metadata of an assembly.</summary>
/// <param name="Name">The full name, as reflection writes it.</param>
/// <param name="AssemblyFile">The absolute path of the assembly; empty if it is no file.</param>
internal sealed record FlowClass(string Name, string AssemblyFile)
{
    /// <summary>Describes a flow's class.</summary>
    /// <param name="type">The class.</param>
    /// <returns>The description.</returns>
    public static FlowClass Of(Type type)
        => new((type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!, type.Assembly.Location);
}
