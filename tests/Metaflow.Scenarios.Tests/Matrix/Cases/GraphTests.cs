using Metaflow.Scenarios.Tests.Matrix.Checking;
using Metaflow.Scenarios.Tests.Matrix.Generation;

namespace Metaflow.Scenarios.Tests.Matrix.Cases;

/// <summary>Each task knows the steps that led to it: the same that a walk over the graph finds.</summary>
internal sealed class Lineage : ShapeMatrixTest
{
    public override string Members => "public partial string Trail { get; set; }";

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "start", "Trail = Current.StepName;"),
        new(
            1,
            "join",
            "Trail = \"(\" + string.Join('|', inputs.Select(input => input.Trail).Distinct().Order(StringComparer.Ordinal)) + "
                + "\"),\" + Current.StepName;"),
        new(2, "all", "Trail += \",\" + Current.StepName;"),
    ];

    public override void Check(CaseCheck check)
    {
        var trails = new Dictionary<string, string>();
        var arrived = new Dictionary<string, SortedSet<string>>();
        Walk("start", "");
        foreach (var (step, trail) in trails)
        {
            check.Has(step, "trail", trail);
        }

        void Walk(string name, string before)
        {
            var step = check.Graph[name];
            if (step.Join)
            {
                var all = arrived.TryGetValue(name, out var known) ? known : arrived[name] = new SortedSet<string>(StringComparer.Ordinal);
                all.Add(before);
                if (all.Count < check.Graph.Before(name).Count)
                {
                    return;
                }

                before = $"({string.Join('|', all)})";
            }

            trails[name] = before.Length == 0 ? name : $"{before},{name}";
            foreach (var next in step.Followers)
            {
                Walk(next, trails[name]);
            }
        }
    }
}

/// <summary>What the client says of a task's parents and children is what the tasks themselves saw.</summary>
internal sealed class RuntimeDag : ShapeMatrixTest
{
    public override string Members => """
        public partial string StepName { get; set; }
        public partial string TaskPathspec { get; set; }
        public partial List<string> ParentPathspecs { get; set; }
        """;

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "start", "StepName = Current.StepName; TaskPathspec = Current.Pathspec; ParentPathspecs = [];"),
        new(
            1,
            "join",
            "StepName = Current.StepName; ParentPathspecs = [.. inputs.Select(input => input.TaskPathspec)]; "
                + "TaskPathspec = Current.Pathspec;"),
        new(2, "all", "StepName = Current.StepName; ParentPathspecs = [TaskPathspec]; TaskPathspec = Current.Pathspec;"),
    ];

    public override void Check(CaseCheck check)
    {
        foreach (var step in check.Graph.Steps)
        {
            check.Has(step.Name, "step_name", step.Name);
        }

        foreach (var task in check.Run?.Tasks ?? [])
        {
            Assert.Equal(Parents(task).Order(), task.ParentTasks.Select(static parent => parent.Pathspec).Order());
            var expected = task.Step.ChildSteps.SelectMany(static step => step.Tasks)
                .Where(child => Parents(child).Contains(task.Pathspec));
            Assert.Equal(
                expected.Select(static child => child.Pathspec).Order(), task.ChildTasks.Select(static child => child.Pathspec).Order());
            Assert.All(task.ParentTasks, parent => Assert.Equal(parent.Pathspec, parent.Data.Get<string>("task_pathspec")));
            Assert.Equal(check.Graph[task.Step.Name].Followers.Order(), task.Step.ChildSteps.Select(static step => step.Name).Order());
        }
    }

    private static List<string> Parents(Metaflow.Client.TaskHandle task) => task.Data.Get<List<string>>("parent_pathspecs");
}

/// <summary>Three foreaches in each other: each task knows its place and item in all of them.</summary>
internal sealed class NestedForeach : ShapeMatrixTest
{
    public override string Members => "public partial string Combo { get; set; }";

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "foreach-nested-inner", """
            var stack = Current.ForeachStack;
            Expect.Equal(3, stack.Count);
            Expect.Same([X.Count, Y.Count, Z.Count], stack.Select(place => place.Count));
            Expect.Same([X[stack[0].Index], Y[stack[1].Index], Z[stack[2].Index]], stack.Select(place => place.Value!));
            Expect.Equal(Z[Current.Index!.Value], item);
            Combo = string.Concat(stack.Select(place => place.Value));
            """) { Required = true },
        new(1, "all"),
    ];

    public override void Check(CaseCheck check)
    {
        var expected = from x in "abc" from y in "de" from z in "fghijk" select PythonText.Of($"{x}{y}{z}");
        Assert.Equal(expected, check.Artifact("foreach_inner", "combo").Values.Order(StringComparer.Ordinal));
    }
}

/// <summary>As many tasks as a wide foreach has, in order in the join.</summary>
internal sealed class WideForeach : ShapeMatrixTest
{
    private const int Width = 1200;

    public override string Members => """
        public partial List<int> Arr { get; set; }
        public partial int MyInput { get; set; }
        public partial int Seen { get; set; }
        """;

    public override IReadOnlyList<string> Dumped => ["my_input", "seen"];

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "foreach-split-small", $"Arr = [.. Enumerable.Range(0, {Width})];") { Required = true },
        new(0, "foreach-inner-small", "MyInput = item;") { Required = true },
        new(
            0,
            "foreach-join-small",
            $"Expect.Same(Enumerable.Range(0, {Width}), inputs.Select(input => input.MyInput)); Seen = inputs.Count;")
        {
            Required = true,
        },
        new(1, "all"),
    ];

    public override void Check(CaseCheck check)
    {
        check.Has("foreach_join", "seen", Width);
        var values = check.Artifact("foreach_inner", "my_input").Values
            .Select(static text => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range(0, Width), values.Order());
    }
}
