namespace Metaflow.Scenarios.Flows.Changed;

/// <summary>Has the class's name in common with another flow, and a name of its own on disk.</summary>
[Flow(Name = "StraightFlow")]
public partial class LinearFlow : FlowSpec
{
    [Step]
    Transition Start() => Next(End);

    [Step]
    void End() => Console.WriteLine("straight on");
}
