using System.Globalization;
using Metaflow;

namespace Metaflow.Scenarios.Flows;

/// <summary>Every kind of transition, with numbers that follow from a seed. The variable SCENARIO_FAIL names the tasks that fail, as
/// <c>step</c> or <c>step[1,0]</c>.</summary>
public partial class PatchworkFlow : FlowSpec
{
    [Parameter(Default = 1)]
    public partial int Seed { get; }

    [Parameter(Default = 10)]
    public partial int Bonus { get; }

    [Parameter(Default = "x")]
    public partial string Unread { get; }

    public partial List<int> Items { get; set; }

    public partial List<int> Parts { get; set; }

    public partial int Value { get; set; }

    public partial int Rounds { get; set; }

    public partial string Way { get; set; }

    public partial List<string> Seen { get; set; }

    public partial int PaidBonus { get; set; }

    public partial string? Origin { get; set; }

    [Step]
    Transition Start()
    {
        Work();
        Items = [.. Enumerable.Range(0, 1 + (Seed % 3)).Select(i => (i * 7) + Seed)];
        Seen = [];
        return Next(Body, forEach: Items);
    }

    [Step]
    Transition Body(int item)
    {
        Work();
        Value = item;
        Rounds = 0;
        return item % 2 == 0 ? Next(Even) : Next(Odd);
    }

    [Step]
    Transition Even()
    {
        Work();
        Way = "even";
        return Next(Again);
    }

    [Step]
    Transition Odd()
    {
        Work();
        Way = "odd";
        return Next(Again);
    }

    [Step]
    Transition Again()
    {
        Work(Rounds);
        Rounds++;
        Value += Rounds;
        return Rounds <= Seed % 3 ? Next(Again) : Next(Fan);
    }

    [Step]
    Transition Fan()
    {
        Work();
        Parts = [.. Enumerable.Range(0, Value % 3)];
        return Next(Part, forEach: Parts);
    }

    [Step]
    Transition Part(int part)
    {
        Work();
        Value = (Value * 10) + part;
        return Next(PartsJoined);
    }

    [Step]
    Transition PartsJoined(Inputs<PatchworkFlow> inputs)
    {
        Work();
        Seen = [.. inputs.Select(input => $"{input.Way}{input.Value}")];
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
        Seen.Add("left");
        return Next(Meet);
    }

    [Step]
    Transition Right()
    {
        Work();
        Seen.Add("right");
        return Next(Meet);
    }

    [Step]
    Transition Meet(Inputs<PatchworkFlow> inputs)
    {
        Work();
        Seen = [.. inputs.From(Left).Seen, .. inputs.From(Right).Seen];
        return Next(Gathered);
    }

    [Step]
    Transition Gathered(Inputs<PatchworkFlow> inputs)
    {
        Work();
        Seen = [.. inputs.SelectMany(input => input.Seen)];
        return Next(Pay);
    }

    [Step]
    Transition Pay()
    {
        Work();
        PaidBonus = Bonus + Seed;
        return Next(End);
    }

    [Step]
    void End()
    {
        Work();
        Origin = Current.OriginRunId;
    }

    private void Work(int? round = null)
    {
        var places = string.Join(',', Current.ForeachStack.Select(static frame => frame.Index.ToString(CultureInfo.InvariantCulture)));
        var name = Current.StepName + (places.Length > 0 || round is not null ? $"[{places}]" : "")
            + (round is not null ? $"[{round}]" : "");
        Console.WriteLine($"working on {name}");
        var failing = (Environment.GetEnvironmentVariable("SCENARIO_FAIL") ?? "").Split(';');
        if (failing.Contains(Current.StepName) || failing.Contains(name))
        {
            throw new InvalidOperationException("as SCENARIO_FAIL wants");
        }
    }
}
