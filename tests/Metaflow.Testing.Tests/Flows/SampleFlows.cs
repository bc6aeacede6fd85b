namespace Metaflow.Testing.Tests.Flows;

/// <summary>A row of a table, as a record artifact.</summary>
public sealed record Row(string Name, double Score);

/// <summary>Scores rows in a foreach, and keeps the best.</summary>
public partial class ScoreFlow : FlowSpec
{
    [Parameter(Default = 3)]
    public partial int Alpha { get; }

    [Parameter(Default = "plain")]
    public partial string Mode { get; }

    public partial IReadOnlyList<Row> Rows { get; set; }

    public partial double Scored { get; set; }

    public partial double Best { get; set; }

    public partial int Position { get; set; }

    [Step]
    private Transition Start()
    {
        Console.WriteLine($"alpha {Alpha}, mode {Mode}");
        Rows = [new Row("a", 1), new Row("b", 2)];
        return Next(Score, forEach: Rows);
    }

    [Step]
    private Transition Score(Row row)
    {
        Scored = row.Score * Alpha;
        Position = Current.Index ?? -1;
        Console.Error.WriteLine($"scored {row.Name}");
        return Next(Join);
    }

    [Step]
    private Transition Join(Inputs<ScoreFlow> inputs)
    {
        Best = inputs.Count == 0 ? -1 : inputs.Max(static i => i.Scored);
        return Next(End);
    }

    [Step]
    private void End() => Console.WriteLine($"best {Best}");
}

/// <summary>Fails as often as it is told.</summary>
public partial class FailingFlow : FlowSpec
{
    [Parameter(Default = 1)]
    public partial int Failures { get; }

    public partial int Attempt { get; set; }

    [Step, Retry(Times = 1)]
    private Transition Start()
    {
        Attempt = Current.Attempt;
        return Current.Attempt < Failures ? throw new InvalidOperationException($"attempt {Current.Attempt} failed") : Next(End);
    }

    [Step]
    private void End()
    {
    }
}

/// <summary>Branches; each side names itself.</summary>
public partial class BranchFlow : FlowSpec
{
    public partial string Side { get; set; }

    public partial string Both { get; set; }

    [Step]
    private Transition Start() => Next(Left, Right);

    [Step]
    private Transition Left()
    {
        Side = "left";
        return Next(Join);
    }

    [Step]
    private Transition Right()
    {
        Side = "right";
        return Next(Join);
    }

    [Step]
    private Transition Join(Inputs<BranchFlow> inputs)
    {
        Both = inputs.From(Left).Side + "+" + inputs.From(Right).Side;
        return Next(End);
    }

    [Step]
    private void End()
    {
    }
}

/// <summary>Holds a value that only fails to be stored when there is one.</summary>
public partial class UnstorableFlow : FlowSpec
{
    public partial object? Anything { get; set; }

    [Step]
    private Transition Start()
    {
        Anything = new Func<int>(static () => 1);
        return Next(End);
    }

    [Step]
    private void End()
    {
    }
}

/// <summary>Waits until it is stopped.</summary>
public partial class RefusedFlow : FlowSpec
{
    [Parameter(Default = "artifact")]
    public partial string Kind { get; }

    public partial object? Anything { get; set; }

    public partial StepFailure? Failure { get; set; }

    [Step]
    private Transition Start()
    {
        Anything = "old";
        return Kind == "caught" ? Next(Caught) : Next(Refused);
    }

    [Step, Retry(Times = 2)]
    private Transition Refused()
    {
        Anything = Value();
        object[] items = Kind == "items" ? [new Func<int>(static () => 1)] : ["item"];
        return Next(Each, forEach: items);
    }

    [Step, Retry(Times = 2), Catch(Var = nameof(Failure))]
    private Transition Caught()
    {
        Anything = Value();
        return Next(End);
    }

    [Step]
    private Transition Each(object item) => Next(Join);

    [Step]
    private Transition Join(Inputs<RefusedFlow> inputs) => Next(End);

    [Step]
    private void End()
    {
    }

    private object? Value() => Kind switch
    {
        "items" => null,
        "getter" => new Moody(),
        "twice" => new TwoNames(),
        _ => new Func<int>(static () => 1),
    };

    public sealed class Moody
    {
        public int Size => throw new TimeoutException("not now");
    }

    public sealed class TwoNames
    {
        public int UserId { get; set; }

        public int user_id { get; set; }
    }
}

public partial class WaitingFlow : FlowSpec
{
    [Parameter(Default = true)]
    public partial bool Heeds { get; }

    [Step]
    private async Task<Transition> Start()
    {
        await Task.Delay(Timeout.Infinite, Heeds ? Current.CancellationToken : CancellationToken.None);
        return Next(End);
    }

    [Step]
    private void End()
    {
    }
}
