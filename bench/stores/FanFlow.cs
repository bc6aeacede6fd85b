using Metaflow;

/// <summary>Forty small tasks and their join.</summary>
public sealed partial class FanFlow : FlowSpec
{
    public partial int Square { get; set; }

    public partial int Sum { get; set; }

    [Step]
    Transition Start() => Next(Work, forEach: Enumerable.Range(0, 40));

    [Step]
    Transition Work(int number)
    {
        Square = number * number;
        return Next(Join);
    }

    [Step]
    Transition Join(Inputs<FanFlow> inputs)
    {
        Sum = inputs.Sum(static input => input.Square);
        return Next(End);
    }

    [Step]
    void End() => Console.WriteLine(Sum);
}
