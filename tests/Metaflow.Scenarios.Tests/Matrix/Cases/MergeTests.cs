using Metaflow.Scenarios.Tests.Matrix.Checking;
using Metaflow.Scenarios.Tests.Matrix.Generation;

namespace Metaflow.Scenarios.Tests.Matrix.Cases;

/// <summary>What tests of merges have in common: a value that nobody changes, one that all change alike, two that each task
/// changes.</summary>
internal abstract class MergeMatrixTest : ShapeMatrixTest
{
    public override string Members => """
        public partial string NonModifiedPassdown { get; set; }
        public partial string ModifiedToSameValue { get; set; }
        public partial string ManualMergeRequired { get; set; }
        public partial string IgnoreMe { get; set; }
        """;

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "start", "NonModifiedPassdown = \"a\"; ModifiedToSameValue = \"b\"; ManualMergeRequired = \"c\"; IgnoreMe = \"d\";"),
        new(2, "linear", """
            ManualMergeRequired = Current.TaskId;
            IgnoreMe = Current.TaskId;
            ModifiedToSameValue = "e";
            Expect.Equal("a", NonModifiedPassdown);
            """),
        new(0, "join", Merge) { Required = true },
        new(0, "end", AtEnd),
        new(3, "all", "Expect.Equal(\"a\", NonModifiedPassdown);"),
    ];

    protected abstract string Merge { get; }

    protected abstract string AtEnd { get; }

    public override void Check(CaseCheck check)
    {
        check.HasEverywhere("non_modified_passdown", "a");
        foreach (var join in check.Graph.Steps.Where(static step => step.Join))
        {
            Assert.All(
                check.Artifact(join.Name, "manual_merge_required"), static task => Assert.Equal(PythonText.Of(task.Key), task.Value));
            check.Lacks(join.Name, "ignore_me");
        }
    }
}

/// <summary>A merge says what its inputs disagree about and then sets nothing; what is settled by hand or left out does not hinder
/// it.</summary>
internal sealed class MergeArtifacts : MergeMatrixTest
{
    protected override string Merge => """
        Expect.Code("MF3020", () => MergeArtifacts(inputs));
        Expect.Code("MF3004", () => _ = NonModifiedPassdown);
        Expect.Code("MF3004", () => _ = ManualMergeRequired);
        Expect.Code("MF3023", () => MergeArtifacts(inputs, exclude: ["IgnoreMe"], include: ["NonModifiedPassdown"]));
        Expect.Code("MF3004", () => _ = NonModifiedPassdown);
        ManualMergeRequired = Current.TaskId;
        MergeArtifacts(inputs, exclude: [nameof(IgnoreMe)]);
        Expect.Equal("a", NonModifiedPassdown);
        Expect.Equal("e", ModifiedToSameValue);
        Expect.Equal(Current.TaskId, ManualMergeRequired);
        Expect.Code("MF3004", () => _ = IgnoreMe);
        """;

    protected override string AtEnd => """
        Expect.Equal("a", NonModifiedPassdown);
        Expect.Equal("e", ModifiedToSameValue);
        Expect.True(ManualMergeRequired.Length > 0, "what was set by hand is lost");
        """;
}

/// <summary>A merge of named artifacts takes those and no others, and each must be somewhere.</summary>
internal sealed class MergeArtifactsInclude : MergeMatrixTest
{
    public override string Members => base.Members + "\npublic partial string Foobar { get; set; }";

    protected override string Merge => """
        ManualMergeRequired = Current.TaskId;
        Expect.Code("MF3021", () => MergeArtifacts(inputs, include: [nameof(ManualMergeRequired), nameof(Foobar)]));
        Expect.Code("MF3004", () => _ = NonModifiedPassdown);
        MergeArtifacts(inputs, include: [nameof(NonModifiedPassdown)]);
        Expect.Equal("a", NonModifiedPassdown);
        Expect.Equal(Current.TaskId, ManualMergeRequired);
        Expect.Code("MF3004", () => _ = IgnoreMe);
        Expect.Code("MF3004", () => _ = ModifiedToSameValue);
        """;

    protected override string AtEnd
        => "Expect.Equal(\"a\", NonModifiedPassdown); Expect.True(ManualMergeRequired.Length > 0, \"what was set by hand is lost\");";
}

/// <summary>What one task of a foreach alone has set comes through the merge.</summary>
internal sealed class MergeArtifactsPropagation : ShapeMatrixTest
{
    public override string Members => """
        public partial string NonModifiedPassdown { get; set; }
        public partial int? Var0 { get; set; }
        public partial int? Var1 { get; set; }
        public partial int? Var2 { get; set; }
        """;

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "start", "NonModifiedPassdown = \"a\";"),
        new(0, "foreach-inner-small", """
            switch (Current.Index)
            {
                case 0: Var0 = 0; break;
                case 1: Var1 = 1; break;
                case 2: Var2 = 2; break;
            }
            """) { Required = true },
        new(
            0,
            "foreach-join-small",
            "MergeArtifacts(inputs); Expect.Equal(\"a\", NonModifiedPassdown); Expect.Same([0, 1, 2], [Var0, Var1, Var2]);")
        {
            Required = true,
        },
        new(1, "all", "Expect.Equal(\"a\", NonModifiedPassdown);"),
    ];

    public override void Check(CaseCheck check)
    {
        for (var i = 0; i < 3; i++)
        {
            check.Has("end", $"var{i}", i);
            Assert.Single(check.Artifact("foreach_inner", $"var{i}"));
        }
    }
}
