using Metaflow.Scenarios.Tests.Matrix.Checking;
using Metaflow.Scenarios.Tests.Matrix.Generation;

namespace Metaflow.Scenarios.Tests.Matrix.Cases;

/// <summary>Four tasks of a gang: each knows its place, one of them leads.</summary>
internal sealed class BasicParallel : ShapeMatrixTest
{
    public override string Members => "public partial int? MyNodeIndex { get; set; }\npublic partial List<int?> Got { get; set; }";

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "parallel-split", "MyNodeIndex = null;") { Required = true },
        new(
            0,
            "parallel-step",
            "Expect.Equal(4, Current.Parallel!.NodeCount); MyNodeIndex = Current.Parallel.NodeIndex; "
                + "Expect.Equal(MyNodeIndex, Current.Index);")
        {
            Required = true,
        },
        new(0, "join", "Got = [.. inputs.Select(input => input.MyNodeIndex)];") { Required = true },
        new(1, "all"),
    ];

    public override void Check(CaseCheck check)
    {
        check.Has("parallel_join", "got", new[] { 0, 1, 2, 3 });
        if (check.Run is { } run)
        {
            Assert.Equal(4, run.Step("parallel_inner").Tasks.Count);
            Assert.Single(run.Step("parallel_inner").ControlTasks);
        }
    }
}

/// <summary>A foreach over items of which nobody knows how many will come.</summary>
internal sealed class BasicUnboundedForeach : ShapeMatrixTest
{
    public override string Members => """
        public partial List<int> Arr { get; set; }
        public partial int? MyIndex { get; set; }
        public partial int MyInput { get; set; }
        public partial List<int> Got { get; set; }
        async IAsyncEnumerable<int> ItemsAsync() { foreach (var item in Arr) { await Task.Yield(); yield return item; } }
        """;

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "foreach-split-small", "MyIndex = null; Arr = [5, 6];") { Required = true },
        new(0, "foreach-inner-small", "MyIndex = Current.Index; MyInput = item; Expect.Equal(Arr[MyIndex!.Value], item);")
        {
            Required = true,
        },
        new(0, "foreach-join-small", "Got = [.. inputs.Select(input => input.MyInput)];") { Required = true },
        new(1, "all"),
    ];

    public override string ItemsOf(GraphStep split) => "ItemsAsync()";

    public override void Check(CaseCheck check)
    {
        check.Has("foreach_join", "got", new[] { 5, 6 });
        Assert.Equal(2, check.Artifact("foreach_inner", "my_index").Count);
    }
}

/// <summary>Such a foreach inside of two ordinary ones.</summary>
internal sealed class NestedUnboundedForeach : ShapeMatrixTest
{
    public override string Members => """
        public partial string Combo { get; set; }
        async IAsyncEnumerable<string> ItemsAsync() { foreach (var item in Z) { await Task.Yield(); yield return item; } }
        """;

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "foreach-nested-inner", """
            var stack = Current.ForeachStack;
            Expect.Same([X.Count, Y.Count], stack.Take(2).Select(place => place.Count));
            Expect.Same([X[stack[0].Index], Y[stack[1].Index], Z[stack[2].Index]], stack.Select(place => place.Value!));
            Expect.Equal(item, Z[stack[2].Index]);
            Combo = string.Concat(stack.Select(place => place.Value));
            """) { Required = true },
        new(1, "all"),
    ];

    public override string ItemsOf(GraphStep split) => split.Items == "Z" ? "ItemsAsync()" : split.Items!;

    public override void Check(CaseCheck check)
    {
        var expected = from x in "abc" from y in "de" from z in "fghijk" select PythonText.Of($"{x}{y}{z}");
        Assert.Equal(expected, check.Artifact("foreach_inner", "combo").Values.Order(StringComparer.Ordinal));
    }
}

/// <summary>The join after such a foreach fails: its tasks are cloned.</summary>
internal sealed class ResumeUnboundedForeach : ResumeMatrixTest
{
    private readonly BasicUnboundedForeach _like = new();

    public override string Members => _like.Members;

    public override IReadOnlyList<StepCode> Steps =>
    [
        .. _like.Steps.Select(static code => code.Quals switch
        {
            "foreach-inner-small" => code with { Code = $"Expect.True(!{IsResumed}, \"a task runs again\"); {code.Code}" },
            "foreach-join-small" => code with { Code = $"if (!{IsResumed}) {{ throw new ResumeFromHere(); }} {code.Code}" },
            _ => code,
        }),
    ];

    public override string ItemsOf(GraphStep split) => _like.ItemsOf(split);

    public override void Check(CaseCheck check) => _like.Check(check);
}

/// <summary>The join after a gang fails: the gang is cloned, the join runs anew.</summary>
internal sealed class ResumeGangJoin : ResumeMatrixTest
{
    public override string Members => """
        public partial string Data { get; set; }
        public partial bool After { get; set; }
        public partial int? MyNodeIndex { get; set; }
        """;

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "start", "Data = \"start\"; After = false;"),
        new(0, "parallel-split", "MyNodeIndex = null;") { Required = true },
        new(0, "parallel-step", $"Expect.True(!{IsResumed}, \"the gang runs again\"); MyNodeIndex = Current.Parallel!.NodeIndex;")
        {
            Required = true,
        },
        new(
            0,
            "join",
            $"Data = {IsResumed} ? \"resume\" : throw new ResumeFromHere(); Expect.Same([0, 1, 2, 3], inputs.Select(input => "
                + "input.MyNodeIndex!.Value)); After = true;")
        {
            Required = true,
        },
        new(2, "all", "Expect.Equal(After ? \"resume\" : \"start\", Data);"),
    ];

    public override void Check(CaseCheck check)
    {
        check.Has("start", "data", "start");
        check.Has("end", "data", "resume");
        if (check.Run is { } run)
        {
            Assert.Equal(4, run.Step("parallel_inner").Tasks.Count);
            Assert.All(run.Step("parallel_inner").Tasks, task => Assert.NotNull(task.OriginPathspec));
        }
    }
}

