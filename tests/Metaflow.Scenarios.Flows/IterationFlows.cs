using System.Runtime.CompilerServices;
using Metaflow;

namespace Metaflow.Scenarios.Flows;

/// <summary>A foreach over items that come one after the other.</summary>
public partial class AsyncForeachFlow : FlowSpec
{
    [Parameter(Default = 3)]
    public partial int Count { get; }

    [Parameter(Default = -1)]
    public partial int FailAt { get; }

    /// <summary>Gets the attempts that fail.</summary>
    [Parameter(Default = 1)]
    public partial int FailingAttempts { get; }

    [Parameter(Default = false)]
    public partial bool Forever { get; }

    public partial string Mine { get; set; }

    public partial List<string> All { get; set; }

    [Step, Retry(Times = 1)]
    Transition Start() => Next(Work, forEach: LinesAsync());

    [Step]
    Transition Work(string line)
    {
        Mine = line.ToUpperInvariant();
        return Next(Join);
    }

    [Step]
    Transition Join(Inputs<AsyncForeachFlow> inputs)
    {
        All = [.. inputs.Select(input => input.Mine)];
        return Next(End);
    }

    [Step]
    void End()
    {
    }

    private async IAsyncEnumerable<string> LinesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var i = 0; i < Count; i++)
        {
            await Task.Delay(1, cancellationToken);
            if (i == FailAt && Current.Attempt < FailingAttempts)
            {
                throw new InvalidOperationException($"line {i} is unreadable");
            }

            yield return $"line {i}";
        }

        if (Forever)
        {
            Console.WriteLine("waiting");
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                Console.WriteLine("no longer waiting");
            }
        }
    }
}

/// <summary>A foreach over lazy items that cannot be enumerated twice, and fail in the first attempt.</summary>
public partial class LazyForeachFlow : FlowSpec
{
    private int _enumerations;

    public partial Dictionary<string, object> Refused { get; set; }

    [Parameter(Default = 0)]
    public partial int FailingAttempts { get; }

    [Parameter(Default = false)]
    public partial bool SetRefused { get; }

    public partial List<int> All { get; set; }

    public partial int Mine { get; set; }

    [Step, Retry(Times = 1)]
    Transition Start()
    {
        if (SetRefused)
        {
            Refused = new() { ["stream"] = new MemoryStream() };
        }

        return Next(Work, forEach: Items());
    }

    [Step]
    Transition Work(int item)
    {
        Mine = item;
        return Next(Join);
    }

    [Step]
    Transition Join(Inputs<LazyForeachFlow> inputs)
    {
        All = [.. inputs.Select(input => input.Mine)];
        return Next(End);
    }

    [Step]
    void End()
    {
    }

    private IEnumerable<int> Items()
    {
        Console.WriteLine($"enumeration {++_enumerations}");
        yield return 1;
        if (Current.Attempt < FailingAttempts)
        {
            throw new InvalidOperationException("no second item");
        }

        yield return 2;
    }
}

/// <summary>Every way of choosing: a switch expression, a switch in a switch, one in a foreach and in a branch, a foreach behind
/// one.</summary>
public partial class SwitchesFlow : FlowSpec
{
    [Parameter(Default = "small")]
    public partial string Size { get; }

    public partial List<string> Trail { get; set; }

    public partial List<string> All { get; set; }

    [Step]
    Transition Start()
    {
        Trail = [];
        return Size switch
        {
            "small" => Next(Small),
            "large" => Next(Large),
            _ => Next(Other),
        };
    }

    [Step]
    Transition Small()
    {
        Trail.Add("small");
        return Next(Branch);
    }

    [Step]
    Transition Large()
    {
        Trail.Add("large");
        if (Trail.Count > 5)
        {
            return Next(Other);
        }

        return Next(Huge);
    }

    [Step]
    Transition Huge()
    {
        Trail.Add("huge");
        return Next(Branch);
    }

    [Step]
    Transition Other()
    {
        Trail.Add("other");
        return Next(Branch);
    }

    [Step]
    Transition Branch() => Next(Choose, Iterate);

    [Step]
    Transition Choose()
    {
        Trail.Add("choose");
        return Trail.Count % 2 == 0 ? Next(Even) : Next(Odd);
    }

    [Step]
    Transition Even()
    {
        Trail.Add("even");
        return Next(Meet);
    }

    [Step]
    Transition Odd()
    {
        Trail.Add("odd");
        return Next(Meet);
    }

    [Step]
    Transition Meet() => Next(Join);

    [Step]
    Transition Iterate() => Next(Each, forEach: new[] { 0, 1, 2 });

    [Step]
    Transition Each(int item)
    {
        Trail.Add($"item {item}");
        return item % 2 == 0 ? Next(EvenItem) : Next(OddItem);
    }

    [Step]
    Transition EvenItem(int item)
    {
        Trail.Add("even");
        return Next(AfterItem);
    }

    [Step]
    Transition OddItem()
    {
        Trail.Add("odd");
        return Next(AfterItem);
    }

    [Step]
    Transition AfterItem() => Next(Gather);

    [Step]
    Transition Gather(Inputs<SwitchesFlow> inputs)
    {
        Trail = [.. inputs.Select(input => string.Join(' ', input.Trail.TakeLast(2)))];
        return Next(Join);
    }

    [Step]
    Transition Join(Inputs<SwitchesFlow> inputs)
    {
        All = [.. inputs.From(Meet).Trail, .. inputs.From(Gather).Trail];
        return Next(End);
    }

    [Step]
    void End()
    {
    }
}

/// <summary>A step that repeats itself in each task of a foreach, and a foreach behind one that does.</summary>
public partial class LoopsFlow : FlowSpec
{
    public partial int Count { get; set; }

    public partial int Passes { get; set; }

    public partial List<int> All { get; set; }

    [Step]
    Transition Start()
    {
        Passes = 0;
        return Next(Grow);
    }

    [Step]
    Transition Grow()
    {
        Passes++;
        return Passes switch
        {
            < 3 => Next(Grow),
            _ => Next(Fan),
        };
    }

    [Step]
    Transition Fan()
    {
        Count = 0;
        return Next(Work, forEach: Enumerable.Range(1, Passes));
    }

    [Step]
    Transition Work(int wanted)
    {
        Count++;
        return Count < wanted ? Next(Work) : Next(Done);
    }

    [Step]
    Transition Done() => Next(Join);

    [Step]
    Transition Join(Inputs<LoopsFlow> inputs)
    {
        All = [.. inputs.Select(input => input.Count)];
        return Next(End);
    }

    [Step]
    void End()
    {
    }
}
