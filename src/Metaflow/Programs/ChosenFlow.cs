namespace Metaflow.Programs;

/// <summary>The flow that a program is about, and the arguments that are left for it.</summary>
/// <param name="Make">Makes an object of the flow.</param>
/// <param name="Selection">The arguments that chose the flow: those before the verb in the command lines of its tasks too. Empty in a program of one flow.</param>
/// <param name="Arguments">What follows them.</param>
internal sealed record ChosenFlow(Func<FlowSpec> Make, IReadOnlyList<string> Selection, string[] Arguments)
{
    /// <summary>Gets what the user types after the program's name to choose the flow; empty in a program of one flow.</summary>
    public string Typed { get; init; } = "";
}
