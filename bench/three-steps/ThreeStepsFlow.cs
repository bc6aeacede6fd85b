using Metaflow;

return await FlowProgram.RunAsync<ThreeStepsFlow>(args);

/// <summary>Three steps that hand one number on: what the framework itself costs.</summary>
public sealed partial class ThreeStepsFlow : FlowSpec
{
    public partial int Number { get; set; }

    [Step]
    Transition Start()
    {
        Number = 1;
        return Next(Middle);
    }

    [Step]
    Transition Middle()
    {
        Number++;
        return Next(End);
    }

    [Step]
    void End() => Console.WriteLine(Number);
}
