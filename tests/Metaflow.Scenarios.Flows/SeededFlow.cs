using System.Globalization;
using Metaflow;

namespace Metaflow.Scenarios.Flows;

/// <summary>A flow that covers every kind of transition. The seed decides how large each foreach and the gang are, which way each switch
/// goes, how often the loop turns, and what is computed; SCENARIO_FAIL_DRAW (from 0 to 999) decides which task fails: the first whose place
/// says so.</summary>
public partial class SeededFlow : FlowSpec
{
    [Parameter(Default = 1)]
    public partial int Seed { get; }

    public partial List<int> Items { get; set; }

    public partial List<int> Parts { get; set; }

    public partial int Value { get; set; }

    public partial int Rounds { get; set; }

    public partial string Way { get; set; }

    public partial List<string> Seen { get; set; }

    public partial Dictionary<string, int> Sums { get; set; }

    [Step]
    Transition Start()
    {
        Work();
        Items = [.. Enumerable.Range(0, 1 + Draw("items", 2)).Select(i => Draw($"item{i}", 100))];
        Seen = [];
        return Next(Body, forEach: Items);
    }

    [Step]
    Transition Body(int item)
    {
        Work();
        Value = item;
        Rounds = 0;
        return Draw($"way{item}", 2) == 0 ? Next(Low) : Next(High);
    }

    [Step]
    Transition Low()
    {
        Work();
        Way = "low";
        return Next(Again);
    }

    [Step]
    Transition High()
    {
        Work();
        Way = "high";
        return Next(Again);
    }

    [Step]
    Transition Again()
    {
        Work(Rounds);
        Rounds++;
        Value += Draw($"again{Rounds}", 10);
        return Rounds <= Draw("rounds", 2) ? Next(Again) : Next(Fan);
    }

    [Step]
    Transition Fan()
    {
        Work();
        Parts = [.. Enumerable.Range(0, Draw($"parts{Value}", 3))];
        return Next(Part, forEach: Parts);
    }

    [Step]
    Transition Part(int part)
    {
        Work();
        Value = (Value * 10) + part;
        return Next(Gather);
    }

    [Step]
    Transition Gather(Inputs<SeededFlow> inputs)
    {
        Work();
        Seen = [.. inputs.Select(input => $"{input.Way}{input.Value}")];
        return Next(Collect);
    }

    [Step]
    Transition Collect(Inputs<SeededFlow> inputs)
    {
        Work();
        Seen = [.. inputs.SelectMany(input => input.Seen)];
        return Next(Split);
    }

    [Step]
    Transition Split()
    {
        Work();
        return Next(Left, Right);
    }

    [Step]
    Transition Left()
    {
        Work();
        Value = Draw("left", 1000);
        return Next(Meet);
    }

    [Step]
    Transition Right()
    {
        Work();
        Value = Seen.Count;
        return Next(Train, numParallel: 1 + Draw("gang", 2));
    }

    [Step, Parallel]
    Transition Train(int node)
    {
        Work();
        Value = (Value * 10) + node;
        return Next(Trained);
    }

    [Step]
    Transition Trained(Inputs<SeededFlow> inputs)
    {
        Work();
        Value = inputs.Sum(input => input.Value);
        MergeArtifacts(inputs, exclude: [nameof(Value)]);
        return Next(Meet);
    }

    [Step]
    Transition Meet(Inputs<SeededFlow> inputs)
    {
        Work();
        Sums = new() { ["left"] = inputs[0].Value, ["right"] = inputs[1].Value };
        MergeArtifacts(inputs, exclude: [nameof(Value)]);
        return Next(End);
    }

    [Step]
    void End() => Work();

    private int Draw(string what, int below)
    {
        var hash = 2166136261u;
        foreach (var letter in $"{Seed}/{what}")
        {
            hash = (hash ^ letter) * 16777619u;
        }

        return (int)(hash % 7919 % (uint)below);
    }

    /// <summary>Every task draws a number from its name; the one that the variable hits fails, in the last case whatever comes to the
    /// end.</summary>
    private void Work(int? round = null)
    {
        var places = string.Join(',', Current.ForeachStack.Select(static frame => frame.Index.ToString(CultureInfo.InvariantCulture)));
        if (int.TryParse(Environment.GetEnvironmentVariable("SCENARIO_FAIL_DRAW"), CultureInfo.InvariantCulture, out var chance)
            && (Current.StepName == "end" || Draw($"fail{Current.StepName}[{places}][{round}]", 1000) < chance))
        {
            throw new InvalidOperationException("as SCENARIO_FAIL_DRAW wants");
        }
    }
}
