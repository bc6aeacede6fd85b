using Metaflow;

namespace Metaflow.Scenarios.Flows;

/// <summary>Steps that each depend on one thing.</summary>
public partial class CacheFlow : FlowSpec
{
    [Parameter(Default = 2)]
    public partial int Scale { get; }

    [Parameter(Default = "old", Name = "label_given")]
    public partial string LabelGiven { get; }

    public partial int Number { get; set; }

    public partial int Result { get; set; }

    public partial string Label { get; set; }

    [Step]
    Transition Start()
    {
        Number = 3;
        return Next(Labelled);
    }

    [Step]
    Transition Labelled()
    {
        Label = LabelGiven + "!";
        return Next(Scaled);
    }

    [Step]
    Transition Scaled()
    {
        Console.WriteLine($"scaling {Number} by {Scale}");
        Result = Number * Scale;
        return Next(End);
    }

    [Step]
    void End() => Console.WriteLine("over");
}

/// <summary>Steps whose results differ from run to run.</summary>
public partial class UncachedFlow : FlowSpec
{
    public partial string NameOfRun { get; set; }

    public partial DateTime Time { get; set; }

    [Step]
    Transition Start() => Next(Timed);

    [Step, NoCache]
    Transition Timed()
    {
        Time = DateTime.UtcNow;
        return Next(Named);
    }

    [Step]
    Transition Named()
    {
        NameOfRun = Current.RunId;
        return Next(End);
    }

    [Step]
    void End()
    {
    }
}

/// <summary>A foreach whose tasks depend on their items alone.</summary>
public partial class CacheForeachFlow : FlowSpec
{
    [Parameter(Default = 3)]
    public partial int Count { get; }

    public partial int Square { get; set; }

    public partial List<int> Squares { get; set; }

    [Step]
    Transition Start() => Next(Work, forEach: Enumerable.Range(0, Count).ToList());

    [Step]
    Transition Work(int item)
    {
        Square = item * item;
        return Next(Join);
    }

    [Step]
    Transition Join(Inputs<CacheForeachFlow> inputs)
    {
        Squares = [.. inputs.Select(input => input.Square)];
        return Next(End);
    }

    [Step]
    void End() => Console.WriteLine(Squares.Count);
}

/// <summary>A sweep whose body has two steps that take the item, and one that asks where it is.</summary>
public partial class CacheSweepFlow : FlowSpec
{
    [Parameter(Default = "0.1,0.5,1.0")]
    public partial string Rates { get; }

    public partial double Loss { get; set; }

    public partial string Told { get; set; }

    public partial int Place { get; set; }

    public partial List<string> All { get; set; }

    [Step]
    Transition Start() => Next(Train, forEach: Rates.Split(',').ToList());

    [Step]
    Transition Train(string rate)
    {
        Loss = double.Parse(rate, System.Globalization.CultureInfo.InvariantCulture) * 2;
        return Next(Tell);
    }

    [Step]
    Transition Tell(string rate)
    {
        Told = "rate " + rate;
        return Next(Locate);
    }

    [Step]
    Transition Locate()
    {
        Place = Current.Index!.Value;
        return Next(Join);
    }

    [Step]
    Transition Join(Inputs<CacheSweepFlow> inputs)
    {
        All = [.. inputs.Select(input => System.FormattableString.Invariant($"{input.Place}: {input.Told}, {input.Loss}"))];
        return Next(End);
    }

    [Step]
    void End() => Console.WriteLine(All.Count);
}
