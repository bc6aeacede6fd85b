using Metaflow.Client;
using Metaflow.Scenarios.Tests.Matrix.Checking;
using Metaflow.Scenarios.Tests.Matrix.Generation;

namespace Metaflow.Scenarios.Tests.Matrix.Cases;

/// <summary>The end fails: everything before it is cloned with what was recorded of it, the end runs anew.</summary>
internal sealed class ResumeEndStep : ResumeMatrixTest
{
    // What is recorded of a clone alone.
    private static readonly string[] OfClones = ["origin-run-id", "origin-task-id", "code-identity"];

    public override string Members
        => "[Parameter(Default = 123)] public partial int IntParam { get; }\npublic partial string Data { get; set; }";

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "start", "Data = \"start\";"),
        new(0, "singleton-end", $"Data = {IsResumed} ? \"foo\" : throw new ResumeFromHere();") { Required = true },
        new(2, "all"),
    ];

    public override void Check(CaseCheck check)
    {
        foreach (var step in check.Graph.Steps)
        {
            check.Has(step.Name, "data", step.Name == "end" ? "foo" : "start");
        }

        foreach (var task in check.Run?.Tasks ?? [])
        {
            Assert.Equal(check.Case.OriginRunId, task.MetadataDictionary["origin-run-id"]);
            if (task.Step.Name == "end")
            {
                Assert.DoesNotContain("origin-task-id", task.MetadataDictionary.Keys);
                continue;
            }

            var origin = check.Case.Client()
                .Task($"{task.Step.Run.FlowName}/{check.Case.OriginRunId}/{task.Step.Name}/{task.MetadataDictionary["origin-task-id"]}");
            Assert.Equal(Recorded(origin), Recorded(task));
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Recorded(TaskHandle task)
        => task.MetadataDictionary.Where(static one => !OfClones.Contains(one.Key)).OrderBy(static one => one.Key, StringComparer.Ordinal);
}

/// <summary>The start fails: nothing is cloned, and the new run knows where it comes from.</summary>
internal sealed class ResumeStartStep : ResumeMatrixTest
{
    public override string Members => """
        [Parameter(Default = 123)] public partial int IntParam { get; }
        public partial string Data { get; set; }
        public partial string? ActualOriginRunId { get; set; }
        """;

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "singleton-start", $"Data = {IsResumed} ? \"foo\" : throw new ResumeFromHere(); ActualOriginRunId = Current.OriginRunId;")
        {
            Required = true,
        },
        new(2, "all"),
    ];

    public override void Check(CaseCheck check)
    {
        check.HasEverywhere("data", "foo");
        check.HasEverywhere("int_param", 123);
        check.Has("end", "actual_origin_run_id", check.Case.OriginRunId);
        if (check.Run is { } run)
        {
            var recorded = run.Step("start").Task!.MetadataDictionary;
            Assert.DoesNotContain("origin-task-id", recorded.Keys);
            Assert.Equal(check.Case.OriginRunId, recorded["origin-run-id"]);
        }
    }
}

/// <summary>A step that had succeeded is named: it and what follows run anew, what is before it is cloned.</summary>
internal sealed class ResumeSucceededStep : ResumeMatrixTest
{
    public override string? ResumeStep => "a";

    public override string Members
        => "[Parameter(Default = 123)] public partial int IntParam { get; }\npublic partial string Data { get; set; }";

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "start", $"Data = {IsResumed} ? \"start_r\" : \"start\";"),
        new(0, "singleton-end", $"Data = {IsResumed} ? \"end_r\" : throw new ResumeFromHere();") { Required = true },
        new(2, "all", $"Data = {IsResumed} ? \"test_r\" : \"test\";"),
    ];

    public override void Check(CaseCheck check)
    {
        check.Has("start", "data", "start");
        check.Has("a", "data", "test_r");
        check.Has("end", "data", "end_r");
    }
}

/// <summary>Run, step and task know what they were cloned from.</summary>
internal sealed class ResumeOriginPath : ResumeMatrixTest
{
    public override string Members
        => "[Parameter(Default = 123)] public partial int IntParam { get; }\npublic partial string OriginPathspec { get; set; }";

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "start", "OriginPathspec = Current.Pathspec;"),
        new(0, "singleton-end", $"if (!{IsResumed}) {{ throw new ResumeFromHere(); }}") { Required = true },
        new(2, "all"),
    ];

    public override void Check(CaseCheck check)
    {
        var origin = $"{FlowName}/{check.Case.OriginRunId}";
        check.Has("end", "origin_pathspec", $"{origin}/start/1");
        if (check.Run is { } run)
        {
            Assert.Equal(origin, run.OriginPathspec);
            Assert.Equal($"{origin}/start", run.Step("start").OriginPathspec);
            Assert.Equal($"{origin}/start/1", run.Step("start").Task!.OriginPathspec);
        }
    }
}

/// <summary>The file with the run's id is there before the first task, of a resumed run too.</summary>
internal sealed class RunIdFile : ResumeMatrixTest
{
    public override string Members => "public partial string Read { get; set; }";

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "singleton-start", $$"""
            Read = File.ReadAllText("run-id");
            Expect.Equal(Current.RunId, Read);
            if (!{{IsResumed}}) { throw new ResumeFromHere(); }
            """) { Required = true },
        new(2, "all"),
    ];

    public override void Check(CaseCheck check) => check.Has("end", "read", check.Case.RunId);
}

/// <summary>Fails in the sixth pass of a loop: five passes are cloned, five are new.</summary>
internal sealed class ResumeRecursiveSwitch : ResumeMatrixTest
{
    public override IReadOnlyList<string> OnlyGraphs => ["recursive_switch"];

    public override string Members => "public partial int Count { get; set; }\npublic partial int MaxIterations { get; set; }";

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "start", $"if (!{IsResumed}) {{ Count = 0; MaxIterations = 10; }}") { Required = true },
        new(0, "loop", $$"""
            Count += 1;
            if (!{{IsResumed}} && Count == 6) { throw new ResumeFromHere(); }
            LoopStatus = Count < MaxIterations ? "continue" : "exit";
            """) { Required = true },
        new(0, "exit", "Expect.Equal(10, Count);") { Required = true },
        new(1, "end", "Expect.Equal(10, Count);") { Required = true },
    ];

    public override void Check(CaseCheck check)
    {
        check.Has("end", "count", 10);
        Assert.Equal(10, check.Artifact("loop_step", "count").Count);
        if (check.Run is { } run)
        {
            Assert.Equal(check.Case.OriginRunId, run.Step("start").Task!.MetadataDictionary["origin-run-id"]);
            var cloned = run.Step("loop_step").Tasks.Where(static task => task.MetadataDictionary.ContainsKey("origin-task-id"))
                .Select(static task => task.Data.Get<int>("count"));
            Assert.Equal([1, 2, 3, 4, 5], cloned.Order());
        }
    }
}

/// <summary>Fails in a loop of one item: that item's loop goes on, the others are cloned where they had ended.</summary>
internal sealed class ResumeRecursiveSwitchInsideForeach : ResumeMatrixTest
{
    private readonly RecursiveSwitchInsideForeach _like = new();

    public override IReadOnlyList<string> OnlyGraphs => _like.OnlyGraphs;

    public override string Types => _like.Types;

    public override string Members => _like.Members;

    public override IReadOnlyList<StepCode> Steps =>
    [
        .. _like.Steps.Select(static code => code.Quals switch
        {
            "start" => code with { Code = $"if (!{IsResumed}) {{ {code.Code} }}" },
            "loop-body" =>
                code with
                {
                    Code = $"if (!{IsResumed} && ItemId == \"B\" && ItemLoopCount == 2) {{ throw new ResumeFromHere(); }} {code.Code}",
                },
            _ => code,
        }),
    ];

    public override void Check(CaseCheck check)
    {
        _like.Check(check);
        Assert.Equal(3, check.Artifact("exit_item_loop", "item_id").Count);
        if (check.Run is { } run)
        {
            var ofB = run.Step("exit_item_loop").Tasks.Single(static task => task.Data.Get<string>("item_id") == "B");
            Assert.DoesNotContain("origin-task-id", ofB.MetadataDictionary.Keys);
        }
    }
}
