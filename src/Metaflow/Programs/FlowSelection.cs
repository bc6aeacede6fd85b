using System.Diagnostics.CodeAnalysis;
using Metaflow.Definition;
using Metaflow.Errors;

namespace Metaflow.Programs;

/// <summary>The flows of a program that has several: the first argument names one.</summary>
internal sealed class FlowSelection(Type[] flows)
{
    /// <summary>Chooses the flow that the first argument names.</summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <returns>The flow, or <see langword="null"/> when the first argument names none.</returns>
    public ChosenFlow? Choose(string[] arguments)
    {
        if (arguments.Length == 0)
        {
            return null;
        }

        // A task names the class, so that its process makes no object of any other flow.
        var type = Array.Find(flows, flow => flow.FullName == arguments[0])
            ?? OnlyOne(Array.FindAll(flows, flow => flow.Name == arguments[0]), arguments[0])
                ?? Array.Find(flows, flow => NameOf(flow) == arguments[0]);
        return type is null ? null : new ChosenFlow(type, () => Make(type), [SelectionOf(type)], arguments[1..]) { Typed = arguments[0] };
    }

    /// <summary>Returns what chooses a class in the command lines of tasks: two classes of one name differ in their namespaces.</summary>
    private string SelectionOf(Type type)
        => Array.Exists(flows, other => other != type && other.Name == type.Name) ? type.FullName! : type.Name;

    private static Type? OnlyOne(Type[] named, string name)
    {
        if (named.Length < 2)
        {
            return named.FirstOrDefault();
        }

        var meant = Array.FindAll(named, type => NameOf(type) == name);
        return meant.Length < 2
            ? meant.FirstOrDefault()
            : throw NotSelectable($"The program lists two flows named '{name}'.", "The first argument could mean either.");
    }

    /// <summary>Describes the flows for a listing.</summary>
    /// <returns>Their names and summaries, in the order of the program.</returns>
    /// <exception cref="FlowDefinitionException">A type is no flow, or two have one name (MF1074).</exception>
    public IReadOnlyList<(string Name, string Summary)> Describe()
    {
        if (flows.Length == 0)
        {
            throw NotSelectable("The program lists no flow.", "RunAsync was called without types.");
        }

        var listed = new List<(string Name, string Summary)>();
        foreach (var type in flows)
        {
            var builder = new FlowDefinitionBuilder();
            var flow = MakeForCommand(type);
            flow.Describe(builder);
            if (listed.Exists(other => other.Name == flow.FlowName))
            {
                throw NotSelectable($"The program lists two flows named '{flow.FlowName}'.", "The first argument could mean either.");
            }

            listed.Add((flow.FlowName, builder.Build().Documentation));
        }

        return listed;
    }

    private static string NameOf(Type type) => MakeForCommand(type).FlowName;

    private static FlowSpec MakeForCommand(Type type) => new ChosenFlow(type, () => Make(type), [type.Name], []).MakeForCommand();

    [UnconditionalSuppressMessage(
        "Trimming", "IL2067", Justification = "The program names the class with typeof, and its own code keeps the constructor.")]
    private static FlowSpec Make(Type type)
        => type.IsSubclassOf(typeof(FlowSpec)) && !type.IsAbstract && type.GetConstructor([]) is not null
            ? (FlowSpec)Activator.CreateInstance(type)!
            : throw NotSelectable(
                $"The program lists '{type.Name}' as a flow.",
                "It is not a class derived from FlowSpec with a public constructor without arguments.");

    private static FlowDefinitionException NotSelectable(string what, string why)
        => new(
            ErrorCodes.FlowsNotSelectable,
            what,
            why,
            "Write FlowProgram.RunAsync(args, typeof(A), typeof(B)) with flow classes of different names.");
}
