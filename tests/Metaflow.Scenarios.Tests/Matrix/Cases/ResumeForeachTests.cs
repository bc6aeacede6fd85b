using System.Text.Json;
using Metaflow.Scenarios.Tests.Matrix.Checking;
using Metaflow.Scenarios.Tests.Matrix.Generation;

namespace Metaflow.Scenarios.Tests.Matrix.Cases;

/// <summary>What tests of resumed foreaches have in common: some step fails first and then changes a value, which every step after it
/// sees.</summary>
internal abstract class ResumeForeachMatrixTest : ResumeMatrixTest
{
    protected const string Fail = $"After = true; Data = {IsResumed} ? \"resume\" : throw new ResumeFromHere();";
    protected const string Seen = "Expect.Equal(After ? \"resume\" : \"start\", Data);";
    protected const string Collect = "Var = [.. inputs.SelectMany(input => input.Var).Order(StringComparer.Ordinal)];";
    protected const string Place = "Var = [string.Concat(Current.ForeachStack.Select(place => place.Value))];";
    protected const string Pass = "Data = inputs[0].Data; After = inputs[0].After;";

    public override string Members => """
        public partial string Data { get; set; }
        public partial bool After { get; set; }
        public partial List<string> Var { get; set; }
        """;

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "start", "Data = \"start\"; After = false;"),
        new(0, "foreach-nested-split foreach-split", Split) { Required = true },
        new(0, "foreach-inner", Inner) { Required = true },
        new(0, "join", Join) { Required = true },
        new(2, "all", Seen),
    ];

    protected virtual string Split => Seen;

    protected virtual string Inner => Place + Seen;

    protected virtual string Join => Collect + Pass + Seen;

    public override void Check(CaseCheck check)
    {
        check.Has("start", "data", "start");
        check.Has("end", "data", "resume");
        IEnumerable<string> expected = [""];
        foreach (var split in check.Graph.Steps.Where(static step => step.Default is not null))
        {
            var items = JsonSerializer.Deserialize<List<JsonElement>>(split.Default!)!;
            expected = expected.SelectMany(place => items.Select(item => place + item)).ToList();
        }

        check.Has("end", "var", expected.Order(StringComparer.Ordinal).ToList());
    }
}

/// <summary>The tasks of a foreach fail.</summary>
internal sealed class ResumeForeachInner : ResumeForeachMatrixTest
{
    protected override string Inner => Fail + Place;
}

/// <summary>The join fails: the tasks of the foreach are cloned.</summary>
internal sealed class ResumeForeachJoin : ResumeForeachMatrixTest
{
    protected override string Join => Fail + Collect;
}

/// <summary>The split fails: everything after it is new.</summary>
internal sealed class ResumeForeachSplit : ResumeForeachMatrixTest
{
    protected override string Split => Fail;
}
