using Metaflow.Plugins;

namespace Metaflow.Decorators;

/// <summary>The decorators and back ends of secrets that authors write beside their flows.</summary>
internal static class OwnParts
{
    /// <summary>Returns those of the assemblies that a flow's classes are in, those of the flow's own first.</summary>
    /// <param name="flow">The flow's class.</param>
    /// <returns>The parts.</returns>
    public static IEnumerable<OwnPart> Of(Type flow)
    {
        var own = ProgramPlugins.Registry.Own;
        for (var type = flow; type is not null && type != typeof(FlowSpec); type = type.BaseType)
        {
            foreach (var part in own.Where(part => part.Type.Assembly == type.Assembly))
            {
                yield return part;
            }
        }
    }
}
