#!/usr/bin/env dotnet
#:package Metaflow@METAFLOW_VERSION
// Without the next line the SDK fetches the native compiler, 300 MB that a flow does not need.
#:property PublishAot=false

// What to type next, in the folder of this file:
//
//   dotnet run TYPED_FILE -- show                the graph
//   dotnet run TYPED_FILE -- run --players 8     runs the flow
//   dotnet run TYPED_FILE -- dump latest/end     what the run kept
//   dotnet run TYPED_FILE -- resume              after an error: fix it, and only what is not done runs again
//   dotnet run TYPED_FILE -- help                everything else
//
// On Linux and macOS, the second line may be shorter: ./TYPED_FILE run --players 8
using Metaflow;

return await FlowProgram.RunAsync<DartsFlow>(args);

/// <summary>Finds pi by throwing darts at a square: those that hit the circle in it are pi quarters of all.</summary>
public partial class DartsFlow : FlowSpec
{
    // Parameters are given when a run starts: run --players 8
    [Parameter(Default = 4, Help = "How many tasks throw darts at the same time.")]
    public partial int Players { get; }

    [Parameter(Default = 250_000, Help = "How many darts each of them throws.")]
    public partial int Darts { get; }

    // Partial properties are artifacts: what a step assigns is kept, and the steps after it read it.
    public partial int Hits { get; set; }
    public partial double Pi { get; set; }

    [Step]
    Transition Start() => Next(Throw, forEach: Enumerable.Range(1, Players));

    // Runs once for each player, in a process of its own.
    [Step]
    Transition Throw(int player)
    {
        var random = new Random(100 + player);
        Hits = Enumerable.Range(0, Darts).Count(_ => Math.Pow(random.NextDouble(), 2) + Math.Pow(random.NextDouble(), 2) < 1);
        Console.WriteLine($"player {player}: {Hits} hits");
        return Next(Join);
    }

    [Step]
    Transition Join(Inputs<DartsFlow> inputs)
    {
        Pi = 4.0 * inputs.Sum(input => input.Hits) / ((double)Players * Darts);
        return Next(End);
    }

    [Step]
    void End() => Console.WriteLine($"pi is about {Pi:0.0000}");
}
