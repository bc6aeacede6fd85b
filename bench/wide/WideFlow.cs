using Metaflow;

return await FlowProgram.RunAsync<WideFlow>(args);

/// <summary>A hundred small tasks and a last one that fails while WIDE_FAILS is set: what a resume costs.</summary>
public sealed partial class WideFlow : FlowSpec
{
    public partial int Square { get; set; }

    public partial int Sum { get; set; }

    [Step]
    Transition Start() => Next(Work, forEach: Enumerable.Range(0, 100));

    [Step]
    Transition Work(int number)
    {
        Square = number * number;
        return Next(Join);
    }

    [Step]
    Transition Join(Inputs<WideFlow> inputs)
    {
        Sum = inputs.Sum(static input => input.Square);
        return Next(End);
    }

    [Step]
    void End()
        => Console.WriteLine(Environment.GetEnvironmentVariable("WIDE_FAILS") is null
            ? Sum
            : throw new InvalidOperationException("not yet"));
}
