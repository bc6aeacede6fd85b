namespace Metaflow.Scenarios.Flows.Changed;

/// <summary>The flow of three steps in a row after its author gave it a parameter, a file and a configuration.</summary>
[Flow(Name = "LinearFlow")]
public partial class GainingFlow : FlowSpec
{
    [Parameter(Default = 10)]
    public partial int Pace { get; }

    [IncludeFile]
    public partial string? Notes { get; }

    [Config(DefaultValue = """{"factor": 3}""")]
    public partial IReadOnlyDictionary<string, int> Scale { get; }

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
        Number += Pace * Scale["factor"];
        Console.WriteLine($"notes: {Notes ?? "none"}");
        return Next(End);
    }

    [Step]
    void End() => Console.WriteLine($"number {Number}");
}
