using Metaflow;

namespace Metaflow.Scenarios.Flows;

/// <summary>Three steps in a row.</summary>
public partial class LinearFlow : FlowSpec
{
    public const string Greeting = "hello";

    public static readonly IReadOnlyList<string> Words = ["one", "two"];

    public partial int Number { get; set; }

    [Step]
    Transition Start()
    {
        Number = 1;
        return Next(Middle);
    }

    /// <summary>Adds one.</summary>
    [Step]
    async Task<Transition> Middle()
    {
        await Task.Yield();
        Number += 1;
        Console.WriteLine($"{Greeting} {Number}");
        return Next(End);
    }

    [Step]
    void End() => Console.Error.WriteLine("over");
}

/// <summary>A branch of three, joined.</summary>
public partial class BranchFlow : FlowSpec
{
    public partial string Letter { get; set; }

    public partial List<string> Letters { get; set; }

    public partial string Inherited { get; set; }

    [Step]
    Transition Start()
    {
        Inherited = "from start";
        return Next(C, A, B);
    }

    [Step]
    Transition A()
    {
        Thread.Sleep(50);
        Letter = "a";
        return Next(Join);
    }

    [Step]
    Transition B()
    {
        Letter = "b";
        return Next(Join);
    }

    [Step]
    Transition C()
    {
        Thread.Sleep(100);
        Letter = "c";
        return Next(Join);
    }

    [Step]
    Transition Join(Inputs<BranchFlow> inputs)
    {
        Letters = [.. inputs.Select(input => input.Letter), inputs.From(A).Letter, inputs[0].Inherited];
        return Next(End);
    }

    [Step]
    void End()
    {
    }
}

/// <summary>A foreach over an artifact.</summary>
public partial class ForeachFlow : FlowSpec
{
    [Parameter(Default = 4)]
    public partial int Count { get; }

    public partial List<int> Items { get; set; }

    public partial int Square { get; set; }

    public partial List<int> Squares { get; set; }

    [Step]
    Transition Start()
    {
        Items = [.. Enumerable.Range(0, Count)];
        return Next(Work, forEach: Items);
    }

    [Step]
    Transition Work(int item)
    {
        if (Current.Index != item || Current.ForeachStack[0].Count != Count)
        {
            throw new InvalidOperationException($"index {Current.Index} of {Current.ForeachStack[0].Count} for item {item}");
        }

        Square = item * item;
        return Next(Join);
    }

    [Step]
    Transition Join(Inputs<ForeachFlow> inputs)
    {
        Squares = [.. inputs.Select(input => input.Square)];
        return Next(End);
    }

    [Step]
    void End()
    {
    }
}

/// <summary>A foreach in a foreach.</summary>
public partial class NestedForeachFlow : FlowSpec
{
    public partial List<string> Outer { get; set; }

    public partial string Mine { get; set; }

    public partial string Text { get; set; }

    public partial List<string> Texts { get; set; }

    public partial List<List<string>> All { get; set; }

    [Step]
    Transition Start()
    {
        Outer = ["x", "y"];
        return Next(Fan, forEach: Outer);
    }

    [Step]
    Transition Fan(string outer)
    {
        Mine = outer;
        return Next(Leaf, forEach: new[] { 1, 2, 3 });
    }

    [Step]
    Transition Leaf(int inner)
    {
        Text = $"{Mine}{inner}";
        return Next(Gather);
    }

    [Step]
    Transition Gather(Inputs<NestedForeachFlow> inputs)
    {
        Texts = [.. inputs.Select(input => input.Text)];
        return Next(Join);
    }

    [Step]
    Transition Join(Inputs<NestedForeachFlow> inputs)
    {
        All = [.. inputs.Select(input => input.Texts)];
        return Next(End);
    }

    [Step]
    void End() => Console.WriteLine(string.Join(' ', All.SelectMany(texts => texts)));
}

/// <summary>An item that is a record.</summary>
public sealed record Job(string Name, double[] Weights);

/// <summary>A foreach over an expression, with an asynchronous body of two steps.</summary>
public partial class ExpressionForeachFlow : FlowSpec
{
    public partial Job Mine { get; set; }

    public partial Dictionary<string, double> Sums { get; set; }

    [Step]
    Transition Start() => Next(Work, forEach: Enumerable.Range(1, 3).Select(i => new Job($"job {i}", [i, i * 0.5])));

    [Step]
    async Task<Transition> Work(Job job)
    {
        await Task.Delay(1);
        Mine = job;
        return Next(After);
    }

    [Step]
    Transition After() => Next(Join);

    [Step]
    Transition Join(Inputs<ExpressionForeachFlow> inputs)
    {
        Sums = inputs.ToDictionary(input => input.Mine.Name, input => input.Mine.Weights.Sum());
        return Next(End);
    }

    [Step]
    Task End() => Task.CompletedTask;
}

/// <summary>A foreach without items, inside one with two.</summary>
public partial class EmptyForeachFlow : FlowSpec
{
    public partial int Seen { get; set; }

    public partial List<int> Counts { get; set; }

    [Step]
    Transition Start() => Next(Fan, forEach: new[] { 0, 2 });

    [Step]
    Transition Fan(int count) => Next(Work, forEach: Enumerable.Range(0, count));

    [Step]
    Transition Work(int item)
    {
        Seen = item;
        return Next(Gather);
    }

    [Step]
    Transition Gather(Inputs<EmptyForeachFlow> inputs)
    {
        Seen = inputs.Count;
        return Next(Join);
    }

    [Step]
    Transition Join(Inputs<EmptyForeachFlow> inputs)
    {
        Counts = [.. inputs.Select(input => input.Seen)];
        return Next(End);
    }

    [Step]
    void End()
    {
    }
}

/// <summary>A step that chooses.</summary>
public partial class SwitchFlow : FlowSpec
{
    [Parameter(Default = true)]
    public partial bool Left { get; }

    public partial string Way { get; set; }

    [Step]
    Transition Start() => Left ? Next(GoLeft) : Next(GoRight);

    [Step]
    Transition GoLeft()
    {
        Way = "left";
        return Next(End);
    }

    [Step]
    Transition GoRight()
    {
        Way = "right";
        return Next(End);
    }

    [Step]
    void End()
    {
    }
}

/// <summary>A step that repeats itself.</summary>
public partial class LoopFlow : FlowSpec
{
    public partial int Passes { get; set; }

    [Step]
    Transition Start()
    {
        Passes = 0;
        return Next(Again);
    }

    [Step]
    Transition Again()
    {
        Passes++;
        return Passes < 3 ? Next(Again) : Next(End);
    }

    [Step]
    void End()
    {
    }
}

/// <summary>The first half of a flow.</summary>
public abstract partial class BaseFlow : FlowSpec
{
    [Parameter(Default = "base")]
    public partial string Origin { get; }

    public partial string Trail { get; set; }

    [Step]
    Transition Start()
    {
        Trail = Origin;
        return Next(Work);
    }

    [Step]
    protected abstract Transition Work();
}

/// <summary>The second half, in a derived class.</summary>
public partial class InheritedFlow : BaseFlow
{
    [Step]
    protected override Transition Work()
    {
        Trail += " derived";
        return Next(End);
    }

    [Step]
    void End() => Console.WriteLine(Trail);
}
