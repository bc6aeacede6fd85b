using Metaflow.Scenarios.Tests.Matrix.Checking;
using Metaflow.Scenarios.Tests.Matrix.Generation;

namespace Metaflow.Scenarios.Tests.Matrix.Cases;

/// <summary>What the first step sets reaches every step; a join sees it in all its inputs and sets it again.</summary>
internal sealed class BasicArtifact : ValueMatrixTest
{
    public override string Members => "public partial string Data { get; set; }";

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "start", "Data = \"abc\";"),
        new(1, "join", "Expect.Same([\"abc\"], inputs.Select(input => input.Data).Distinct()); Data = inputs[0].Data;"),
        new(2, "all"),
    ];

    public override void Check(CaseCheck check) => check.HasEverywhere("data", "abc");
}

/// <summary>Items out of order: each task has its own, the join has them in the order of the split.</summary>
internal sealed class BasicForeach : ShapeMatrixTest
{
    private const string Order =
        "26, 5, 10, 15, 25, 11, 22, 6, 19, 12, 16, 9, 28, 14, 24, 20, 30, 1, 13, 18, 2, 17, 21, 3, 29, 4, 27, 31, 8, 23, 0, 7";

    public override string Members => """
        public partial List<int> Arr { get; set; }
        public partial int? MyIndex { get; set; }
        public partial int MyInput { get; set; }
        public partial List<int> Got { get; set; }
        """;

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "foreach-split", $"MyIndex = null; Arr = [{Order}];") { Required = true },
        new(0, "item", "MyIndex = Current.Index; MyInput = item; Expect.Equal(Arr[Current.Index!.Value], item);"),
        new(1, "foreach-inner", "Expect.Equal(MyIndex, Current.Index); Expect.Equal(Arr[Current.Index!.Value], MyInput);")
        {
            Required = true,
        },
        new(0, "foreach-join", "Got = [.. inputs.Select(input => input.MyInput)];") { Required = true },
        new(2, "all"),
    ];

    public override void Check(CaseCheck check)
    {
        check.Has(
            "foreach_join",
            "got",
            Order.Split(", ").Select(static item => int.Parse(item, System.Globalization.CultureInfo.InvariantCulture)).ToList());
        Assert.Equal(32, check.Artifact("foreach_inner_second", "my_input").Values.Distinct().Count());
    }
}

/// <summary>Both streams are kept, with letters of every alphabet.</summary>
internal sealed class BasicLog : ValueMatrixTest
{
    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "singleton", """
            Console.Write("stdout: A regular message.\n");
            Console.Write("stdout: A message with unicode: 年\n");
            Console.Error.Write("stderr: A regular message.\n");
            Console.Error.Write("stderr: A message with unicode: 年\n");
            """) { Required = true },
        new(1, "all"),
    ];

    public override void Check(CaseCheck check)
    {
        foreach (var stream in (string[])["stdout", "stderr"])
        {
            Assert.Contains(
                $"{stream}: A regular message.\n{stream}: A message with unicode: 年\n", check.Log("a", stream), StringComparison.Ordinal);
        }
    }
}
