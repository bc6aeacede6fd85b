using Metaflow;

namespace Metaflow.Scenarios.Flows;

/// <summary>A flow that another one runs.</summary>
public partial class InnerFlow : FlowSpec
{
    [Parameter(Default = 1)]
    public partial int Number { get; }

    [Parameter(Default = "")]
    public partial string How { get; }

    public partial int Doubled { get; set; }

    [Step]
    Transition Start()
    {
        Console.WriteLine($"inner {Number}");
        if (How == "fail")
        {
            throw new InvalidOperationException("the inner flow fails");
        }

        if (How == "wait")
        {
            Console.WriteLine($"child {Environment.ProcessId}");
            Thread.Sleep(TimeSpan.FromMinutes(5));
        }

        return Next(End);
    }

    [Step]
    void End() => Doubled = 2 * Number;
}

/// <summary>A flow that runs another one.</summary>
public partial class OuterFlow : FlowSpec
{
    [Parameter(Default = "")]
    public partial string How { get; }

    public partial List<int> Results { get; set; }

    [Step]
    async Task<Transition> Start()
    {
        var runs = await Task.WhenAll(new[]
        {
            20, 21,
        }.Select(number => Current.RunFlowAsync<InnerFlow>(new() { Parameters = new { Number = number, How } })));
        Results = [.. runs.Select(run => run.Data.Doubled)];
        return Next(End);
    }

    [Step]
    void End()
    {
    }
}
