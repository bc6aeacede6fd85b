#!/usr/bin/env dotnet
#:project ../src/Metaflow/Metaflow.csproj
using Metaflow;

return await FlowProgram.RunAsync<BranchFlow>(args);

/// <summary>Two ways to estimate pi run in parallel. A join compares them.</summary>
public partial class BranchFlow : FlowSpec
{
    /// <summary>The number of terms or darts.</summary>
    [Parameter(Default = 200_000)]
    public partial int Samples { get; }

    public partial double Estimate { get; set; }

    public partial Dictionary<string, double> Errors { get; set; }

    [Step]
    Transition Start() => Next(Series, Darts);

    /// <summary>The Leibniz series.</summary>
    [Step]
    Transition Series()
    {
        Estimate = 4 * Enumerable.Range(0, Samples).Sum(i => (i % 2 == 0 ? 1.0 : -1.0) / (2 * i + 1));
        return Next(Compare);
    }

    /// <summary>The share of random darts that hit the circle.</summary>
    [Step]
    Transition Darts()
    {
        var random = new Random(42);
        var hits = Enumerable.Range(0, Samples).Count(_ => Math.Pow(random.NextDouble(), 2) + Math.Pow(random.NextDouble(), 2) <= 1);
        Estimate = 4.0 * hits / Samples;
        return Next(Compare);
    }

    [Step]
    Transition Compare(Inputs<BranchFlow> inputs)
    {
        Errors = new()
        {
            ["series"] = Math.Abs(inputs.From(Series).Estimate - Math.PI),
            ["darts"] = Math.Abs(inputs.From(Darts).Estimate - Math.PI),
        };
        return Next(End);
    }

    [Step]
    void End()
    {
        foreach (var (way, error) in Errors.OrderBy(pair => pair.Value))
        {
            Console.WriteLine($"{way}: off by {error:0.000000}");
        }
    }
}
