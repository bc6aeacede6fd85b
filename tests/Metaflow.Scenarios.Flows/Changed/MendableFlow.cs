namespace Metaflow.Scenarios.Flows.Changed;

/// <summary>The flow of that name after its author put a step in: runs of the former program have come to steps that move on
/// otherwise.</summary>
public partial class MendableFlow : FlowSpec
{
    [Parameter(Default = "fail")]
    public partial string Way { get; }

    public partial int Number { get; set; }

    [Step]
    Transition Start()
    {
        Number = 1;
        return Next(Work);
    }

    [Step]
    Transition Work()
    {
        Number++;
        return Next(Review);
    }

    [Step]
    Transition Review()
    {
        Console.WriteLine($"reviewed the {Way}");
        return Next(End);
    }

    [Step]
    void End() => Console.WriteLine($"number {Number}");
}
