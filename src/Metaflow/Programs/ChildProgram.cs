using System.Diagnostics.CodeAnalysis;
using Metaflow.Errors;

namespace Metaflow.Programs;

/// <summary>The hidden arguments by which a program runs tasks of any flow that it can load: those of a flow that a step runs.</summary>
internal static class ChildProgram
{
    /// <summary>The first argument; the type's full name with its assembly follows.</summary>
    public const string Verb = "flow-type";

    /// <summary>Writes the arguments that choose a flow.</summary>
    /// <param name="flow">The flow's class.</param>
    /// <returns>The arguments; those of a task follow.</returns>
    public static IReadOnlyList<string> Select(Type flow) => [Verb, flow.AssemblyQualifiedName!];

    /// <summary>Says whether a program was started so.</summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <returns>Whether it was.</returns>
    public static bool IsChild(string[] arguments) => arguments.Length > 2 && arguments[0] == Verb;

    /// <summary>Reads the arguments.</summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <returns>The flow.</returns>
    /// <exception cref="LaunchException">The program has no such flow (MF6012).</exception>
    [UnconditionalSuppressMessage(
        "Trimming", "IL2057", Justification = "RunFlowAsync<TFlow> names the class, which keeps it with its constructor.")]
    [UnconditionalSuppressMessage("Trimming", "IL2072", Justification = "RunFlowAsync<TFlow> asks for the constructor.")]
    public static ChosenFlow Read(string[] arguments)
    {
        var type = Type.GetType(arguments[1]);
        if (type is null || !type.IsSubclassOf(typeof(FlowSpec)))
        {
            throw new LaunchException(
                ErrorCodes.FlowNotLoadable,
                $"The flow '{arguments[1]}' cannot be run by this program.",
                "It has no flow class of that name.",
                "Reference the assembly of the flow from the program that runs it, and rebuild.");
        }

        return new ChosenFlow(type, () => (FlowSpec)Activator.CreateInstance(type)!, arguments[..2], arguments[2..]);
    }
}
