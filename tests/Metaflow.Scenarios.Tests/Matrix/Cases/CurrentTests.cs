using Metaflow.Scenarios.Tests.Matrix.Checking;
using Metaflow.Scenarios.Tests.Matrix.Generation;

namespace Metaflow.Scenarios.Tests.Matrix.Cases;

/// <summary>What every task is told of itself is what the client finds of it.</summary>
internal sealed class CurrentSingleton : ValueMatrixTest
{
    public override string Attributes => "[Project(\"current_singleton\")]";

    public override string Members => """
        public partial string StepName { get; set; }
        public partial string Told { get; set; }
        public partial string ProjectTold { get; set; }
        public partial string Uuid { get; set; }
        public partial SortedDictionary<string, string> TaskData { get; set; }
        """;

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "start", "TaskData = [];" + Note),
        new(
            1,
            "join",
            "TaskData = []; foreach (var input in inputs) { foreach (var (key, value) in input.TaskData) { TaskData[key] = value; } }"
                + Note),
        new(2, "all", Note),
    ];

    private static string Note => """
        StepName = Current.StepName;
        Told = string.Join('|', Current.FlowName, Current.RunId, Current.OriginRunId ?? "none", Current.Namespace, Current.UserName, string.Join(';', Current.Tags.Order(StringComparer.Ordinal)));
        ProjectTold = string.Join('|', Current.Project!.Name, Current.Project.BranchName, Current.Project.FlowName, Current.Project.IsProduction, Current.Project.IsUserBranch);
        Uuid = Guid.NewGuid().ToString();
        TaskData[Current.Pathspec] = Uuid;
        """;

    public override void Check(CaseCheck check)
    {
        var told = string.Join(
            '|', FlowName, check.Case.RunId, "none", "user:tester", "tester",
            string.Join(';', MatrixRun.Tags.Order(StringComparer.Ordinal)));
        check.HasEverywhere("told", told);
        check.HasEverywhere("project_told", $"current_singleton|user.tester|current_singleton.user.tester.{FlowName}|False|True");
        foreach (var step in check.Graph.Steps)
        {
            check.Has(step.Name, "step_name", step.Name);
        }

        if (check.Run is { } run)
        {
            var all = run.Data.Get<Dictionary<string, string>>("task_data");
            Assert.Equal(run.Tasks.ToDictionary(static task => task.Pathspec, static task => task.Data.Get<string>("uuid")), all);
            var elsewhere = check.Case.Client().WithNamespace(null);
            Assert.All(all, one => Assert.Equal(one.Value, elsewhere.Task(one.Key).Data.Get<string>("uuid")));
        }
    }
}

/// <summary>Defaults that are computed: once for a run, with their type, and not where a value is given.</summary>
internal sealed class DynamicParameters : ValueMatrixTest
{
    public override string Members => """
        [Parameter(DefaultFrom = nameof(Text))] public partial string StrParam { get; }
        [Parameter(DefaultFrom = nameof(Json))] public partial Dictionary<string, List<int>> JsonParam { get; }
        [Parameter(DefaultFrom = nameof(Never))] public partial bool NondefaultParam { get; }
        static string Text()
        {
            using var once = new FileStream("text.only_once", FileMode.CreateNew);
            return "does this work?";
        }
        static Dictionary<string, List<int>> Json() => new() { ["a"] = [8] };
        static bool Never() => throw new InvalidOperationException("a default is computed though a value is given");
        """;

    public override IReadOnlyDictionary<string, string> Environment
        => new Dictionary<string, string> { ["METAFLOW_RUN_NONDEFAULT_PARAM"] = "False" };

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(
            0,
            "singleton",
            "Expect.Equal(\"does this work?\", StrParam); Expect.Equal(false, NondefaultParam); Expect.Same([8], JsonParam[\"a\"]);")
        {
            Required = true,
        },
        new(1, "all"),
    ];

    public override void Check(CaseCheck check)
    {
        check.HasEverywhere("nondefault_param", false);
        check.HasEverywhere("str_param", "does this work?");
        check.HasEverywhere("json_param", new Dictionary<string, int[]> { ["a"] = [8] });
    }
}
