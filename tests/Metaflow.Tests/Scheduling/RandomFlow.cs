using Metaflow.Graph;

namespace Metaflow.Tests.Scheduling;

/// <summary>Makes random graphs that are right: blocks of steps, branches, foreaches and switches, nested at random.</summary>
internal sealed class RandomFlow
{
    private readonly Random _random;
    private readonly List<StepNode> _steps = [];

    private RandomFlow(int seed) => _random = new Random(seed);

    public static FlowGraph Make(int seed)
    {
        var flow = new RandomFlow(seed);
        var last = flow.Block("start", depth: 0);
        flow.Add(last, Next("end"));
        flow._steps.Add(new StepNode { Name = "end", MethodName = "end", ReturnsNothing = true });
        return new FlowGraph("RandomFlow", flow._steps);
    }

    private static EquatableList<TransitionNode> Next(params string[] targets) => [new TransitionNode([.. targets], null, false, 0, 1)];

    private static EquatableList<TransitionNode> Foreach(string target) => [new TransitionNode([target], "items", false, 0, 1)];

    private void Add(string name, EquatableList<TransitionNode> transitions, bool isJoin = false)
        => _steps.Add(new StepNode { Name = name, MethodName = name, TakesInputs = isJoin, Transitions = transitions });

    private string NewName(string kind) => $"{kind}{_steps.Count}_{_random.Next(1_000_000)}";

    /// <summary>Adds a block that begins with a step of a name; returns the name of its last step, which has no transition yet.</summary>
    private string Block(string first, int depth)
    {
        var current = first;
        for (var length = _random.Next(0, 4); length > 0; length--)
        {
            current = depth >= 3 ? Linear(current) : _random.Next(6) switch
            {
                0 => Branch(current, depth),
                1 or 2 => Foreach(current, depth),
                3 => Switch(current),
                4 => Gang(current),
                _ => Linear(current),
            };
        }

        return current;
    }

    private string Linear(string current)
    {
        var next = NewName("linear");
        Add(current, Next(next));
        return next;
    }

    private string Branch(string current, int depth)
    {
        var join = NewName("join");
        var heads = Enumerable.Range(0, _random.Next(2, 4)).Select(_ => NewName("branch")).ToArray();
        Add(current, Next(heads));
        foreach (var head in heads)
        {
            Add(Block(head, depth + 1), Next(join));
        }

        return AfterJoin(join);
    }

    private string Foreach(string current, int depth)
    {
        var join = NewName("join");
        var body = NewName("body");
        Add(current, Foreach(body));
        Add(Block(body, depth + 1), Next(join));
        return AfterJoin(join);
    }

    private string Switch(string current)
    {
        var left = NewName("left");
        var right = NewName("right");
        var meet = NewName("meet");
        Add(current, [new TransitionNode([left], null, false, 0, 1), new TransitionNode([right], null, false, 0, 2)]);
        Add(left, Next(meet));
        Add(right, Next(meet));
        return meet;
    }

    private string Gang(string current)
    {
        var join = NewName("join");
        var body = NewName("gang");
        Add(current, [new TransitionNode([body], null, true, 0, 1)]);
        _steps.Add(new StepNode { Name = body, MethodName = body, IsMarkedParallel = true, Transitions = Next(join) });
        return AfterJoin(join);
    }

    /// <summary>A join's own transition is linear.</summary>
    private string AfterJoin(string join)
    {
        var after = NewName("after");
        Add(join, Next(after), isJoin: true);
        return after;
    }
}
