using Metaflow.Scenarios.Tests.Matrix.Checking;
using Metaflow.Scenarios.Tests.Matrix.Generation;

namespace Metaflow.Scenarios.Tests.Matrix.Cases;

/// <summary>Of three ways only the chosen one is gone.</summary>
internal sealed class SwitchBasic : ShapeMatrixTest
{
    public override IReadOnlyList<string> OnlyGraphs => ["switch_basic"];

    public override string Members => "public partial string Result { get; set; }";

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "start", "Condition = \"case2\";") { Required = true },
        new(0, "switch-simple") { Required = true },
        new(0, "path-a", "Result = \"Path A taken\";") { Required = true },
        new(0, "path-b", "Result = \"Path B taken\";") { Required = true },
        new(0, "path-c", "Result = \"Path C taken\";") { Required = true },
        new(1, "end", "Expect.Equal(\"Path B taken\", Result);") { Required = true },
    ];

    public override void Check(CaseCheck check)
    {
        check.Has("b", "result", "Path B taken");
        check.NotRun("a");
        check.NotRun("c");
    }
}

/// <summary>A switch after a switch.</summary>
internal sealed class SwitchNested : ShapeMatrixTest
{
    public override IReadOnlyList<string> OnlyGraphs => ["switch_nested"];

    public override string Members => "public partial string Result { get; set; }";

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "start-nested", "Condition1 = \"case1\"; Condition2 = \"case2_2\";") { Required = true },
        new(0, "switch-step") { Required = true },
        new(0, "path-b", "Result = \"Direct path B\";") { Required = true },
        new(0, "path-c-nested", "Result = \"Nested path C\";") { Required = true },
        new(0, "path-d-nested", "Result = \"Nested path D\";") { Required = true },
        new(1, "end-nested", "Expect.Equal(\"Nested path D\", Result);") { Required = true },
    ];

    public override void Check(CaseCheck check)
    {
        check.Has("d", "result", "Nested path D");
        check.NotRun("b");
        check.NotRun("c");
    }
}

/// <summary>A switch inside of one branch: the join gets what was chosen and the other branch.</summary>
internal sealed class SwitchInBranch : ShapeMatrixTest
{
    public override IReadOnlyList<string> OnlyGraphs => ["switch_in_branch"];

    public override string Members => "public partial string Data { get; set; }\npublic partial List<string> FinalData { get; set; }";

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "start-split", "Condition = \"case1\";") { Required = true },
        new(0, "switch-a") { Required = true },
        new(0, "branch-b", "Data = \"from_b\";") { Required = true },
        new(0, "branch-c", "Data = \"from_a_c\";") { Required = true },
        new(0, "branch-d", "Data = \"from_a_d\";") { Required = true },
        new(0, "join", "FinalData = [.. inputs.Select(input => input.Data).Order()];") { Required = true },
        new(1, "end", "Expect.Same([\"from_a_c\", \"from_b\"], FinalData);") { Required = true },
    ];

    public override void Check(CaseCheck check)
    {
        check.Has("join", "final_data", new[] { "from_a_c", "from_b" });
        check.NotRun("d");
    }
}

/// <summary>Each item chooses its own way, and the join gets them all.</summary>
internal sealed class SwitchInForeach : ShapeMatrixTest
{
    public override IReadOnlyList<string> OnlyGraphs => ["switch_in_foreach"];

    public override string Types => "public sealed record Thing(int Id, string Type, int Data);";

    public override string Members => """
        public partial List<Thing> Items { get; set; }
        public partial Thing Mine { get; set; }
        public partial string Result { get; set; }
        public partial List<string> Results { get; set; }
        """;

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "start-foreach", "Items = [new(1, \"type_a\", 100), new(2, \"type_b\", 200), new(3, \"type_a\", 300)];") { Required = true },
        new(0, "process-item", "Mine = item; ItemType = item.Type;") { Required = true },
        new(0, "handle-a", "Result = $\"A({Mine.Data * 2})\";") { Required = true },
        new(0, "handle-b", "Result = $\"B({Mine.Data / 2})\";") { Required = true },
        new(0, "join-foreach", "Results = [.. inputs.Select(input => input.Result)];") { Required = true },
        new(1, "end", "Expect.Same([\"A(200)\", \"B(100)\", \"A(600)\"], Results);") { Required = true },
    ];

    public override void Check(CaseCheck check) => check.Has("join", "results", new[] { "A(200)", "B(100)", "A(600)" });
}

/// <summary>A branch on the chosen way only.</summary>
internal sealed class BranchInSwitch : ShapeMatrixTest
{
    public override IReadOnlyList<string> OnlyGraphs => ["branch_in_switch"];

    public override string Members
        => "public partial string Result { get; set; }\npublic partial List<string> FinalData { get; set; }\n"
            + "public partial string FinalResult { get; set; }";

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "start-branch-in-switch", "Mode = \"process\";") { Required = true },
        new(0, "process-path") { Required = true },
        new(0, "p1", "Result = \"p1_done\";") { Required = true },
        new(0, "p2", "Result = \"p2_done\";") { Required = true },
        new(0, "process-join", "FinalData = [.. inputs.Select(input => input.Result)]; FinalResult = \"Processed\";") { Required = true },
        new(0, "skip-path", "FinalResult = \"Skipped\"; FinalData = [];") { Required = true },
        new(1, "end-branch-in-switch", "Expect.Same([\"p1_done\", \"p2_done\"], FinalData); Expect.Equal(\"Processed\", FinalResult);")
        {
            Required = true,
        },
    ];

    public override void Check(CaseCheck check)
    {
        check.Has("end", "final_result", "Processed");
        check.NotRun("skip_path");
    }
}

/// <summary>A foreach on the chosen way only.</summary>
internal sealed class ForeachInSwitch : ShapeMatrixTest
{
    public override IReadOnlyList<string> OnlyGraphs => ["foreach_in_switch"];

    public override string Members
        => "public partial string WorkResult { get; set; }\npublic partial List<string> FinalResult { get; set; }";

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "start-foreach-in-switch", "Mode = \"process\";") { Required = true },
        new(0, "process-items") { Required = true },
        new(0, "do-work", "WorkResult = $\"Processed {item}\";") { Required = true },
        new(0, "join-work", "FinalResult = [.. inputs.Select(input => input.WorkResult)];") { Required = true },
        new(0, "skip-processing", "FinalResult = [\"Skipped\"];") { Required = true },
        new(1, "end-foreach-in-switch", "Expect.Same([\"Processed item_1\", \"Processed item_2\"], FinalResult);") { Required = true },
    ];

    public override void Check(CaseCheck check)
    {
        check.Has("end", "final_result", new[] { "Processed item_1", "Processed item_2" });
        check.NotRun("skip_processing");
    }
}

/// <summary>Ten passes of a loop, each with what the last one left.</summary>
internal sealed class RecursiveSwitch : ShapeMatrixTest
{
    public override IReadOnlyList<string> OnlyGraphs => ["recursive_switch"];

    public override string Members => "public partial int Count { get; set; }\npublic partial int MaxIterations { get; set; }";

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "start", "Count = 0; MaxIterations = 10;") { Required = true },
        new(0, "loop", "Count += 1; LoopStatus = Count < MaxIterations ? \"continue\" : \"exit\";") { Required = true },
        new(0, "exit", "Expect.Equal(10, Count);") { Required = true },
        new(1, "end", "Expect.Equal(10, Count);") { Required = true },
    ];

    public override void Check(CaseCheck check)
    {
        check.Has("exit_loop", "count", 10);
        Assert.Equal(Enumerable.Range(1, 10).Select(PythonTextOf).Order(), check.Artifact("loop_step", "count").Values.Order());

        static string PythonTextOf(int number) => PythonText.Of(number);
    }
}

/// <summary>A loop of its own for each item, with as many passes as the item says.</summary>
internal sealed class RecursiveSwitchInsideForeach : ShapeMatrixTest
{
    public static readonly string[] Expected =
    [
        "Item A finished after 3 iterations.", "Item B finished after 5 iterations.", "Item C finished after 2 iterations.",
    ];

    public override IReadOnlyList<string> OnlyGraphs => ["recursive_switch_inside_foreach"];

    public override string Types => "public sealed record Thing(string Id, int Iterations);";

    public override string Members => """
        public partial List<Thing> Items { get; set; }
        public partial string ItemId { get; set; }
        public partial int MaxLoops { get; set; }
        public partial int ItemLoopCount { get; set; }
        public partial string Result { get; set; }
        public partial List<string> Results { get; set; }
        """;

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "start", "Items = [new(\"A\", 3), new(\"B\", 5), new(\"C\", 2)];") { Required = true },
        new(0, "loop-start", "ItemId = item.Id; MaxLoops = item.Iterations; ItemLoopCount = 0;") { Required = true },
        new(0, "loop-body", "ItemLoopCount += 1; ShouldContinue = (ItemLoopCount < MaxLoops).ToString();") { Required = true },
        new(
            0,
            "loop-exit",
            "Expect.Equal(MaxLoops, ItemLoopCount); Result = $\"Item {ItemId} finished after {ItemLoopCount} iterations.\";")
        {
            Required = true,
        },
        new(0, "join-foreach", "Results = [.. inputs.Select(input => input.Result)];") { Required = true },
        new(1, "end") { Required = true },
    ];

    public override void Check(CaseCheck check)
    {
        check.Has("join", "results", Expected);
        Assert.Equal(10, check.Artifact("loop_body", "item_loop_count").Count);
    }
}
