using Metaflow.Scenarios.Tests.Matrix.Checking;
using Metaflow.Scenarios.Tests.Matrix.Generation;

namespace Metaflow.Scenarios.Tests.Matrix.Cases;

/// <summary>What tests of a project's branch have in common: each task knows the branch, and the run is tagged with it.</summary>
internal abstract class ProjectMatrixTest : ValueMatrixTest
{
    public override string Attributes => $"[Project(\"{Project}\")]";

    public override string Members => "public partial string Told { get; set; }";

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "singleton", Code) { Required = true },
        new(1, "all", Code),
    ];

    protected abstract string Project { get; }

    protected abstract string Branch { get; }

    private static string Code => "Told = $\"{Current.Project!.BranchName} {Current.Project.FlowName} {Current.Project.IsProduction}\";";

    public override void Check(CaseCheck check)
    {
        check.HasEverywhere("told", $"{Branch} {Project}.{Branch}.{FlowName} {Branch == "prod"}");
        Assert.Contains($"project:{Project}", check.SystemTags);
        Assert.Contains($"project_branch:{Branch}", check.SystemTags);
    }
}

/// <summary>A branch from the environment.</summary>
internal sealed class ProjectBranch : ProjectMatrixTest
{
    public override IReadOnlyDictionary<string, string> Environment
        => new Dictionary<string, string> { ["METAFLOW_BRANCH"] = "this_is_a_test_branch" };

    protected override string Project => "project_branch";

    protected override string Branch => "test.this_is_a_test_branch";
}

/// <summary>The branch of production, from the environment.</summary>
internal sealed class ProjectProduction : ProjectMatrixTest
{
    public override IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string> { ["METAFLOW_PRODUCTION"] = "True" };

    protected override string Project => "project_prod";

    protected override string Branch => "prod";
}

/// <summary>An option that a flow decorator of the author's own adds, from the environment.</summary>
internal sealed class FlowOptions : ValueMatrixTest
{
    public override string Types => """
        public sealed class FoobarAttribute : FlowDecoratorAttribute
        {
            public override string DecoratorName => "foobar";
            public override IReadOnlyList<KeyValuePair<string, object?>> ToData() => [];
            public override IReadOnlyList<Metaflow.Definition.FlowOption> Options => [new("foobar", "What is foobar.", "text")];
            public override IEnumerable<string> SystemTags(Metaflow.Definition.FlowOptionValues options, string user) => [$"foobar:{options.Text("foobar")}"];
        }
        """;

    public override string Attributes => "[Foobar]";

    public override string Members => "public partial string FoobarValue { get; set; }";

    public override IReadOnlyDictionary<string, string> Environment
        => new Dictionary<string, string> { ["METAFLOW_FOOBAR"] = "this_is_foobar" };

    public override IReadOnlyList<StepCode> Steps => [new(0, "all", "FoobarValue = Current.Options.Text(\"foobar\") ?? \"\";")];

    public override void Check(CaseCheck check)
    {
        check.HasEverywhere("foobar_value", "this_is_foobar");
        Assert.Contains("foobar:this_is_foobar", check.SystemTags);
    }
}

/// <summary>Each task knows the names of the flow's parameters.</summary>
internal sealed class ParamNames : ValueMatrixTest
{
    public override string Members => """
        public const int NoParameter = 2;
        [Parameter(Default = 1)] public partial int Foo { get; }
        """;

    public override IReadOnlyList<StepCode> Steps => [new(0, "all", "Expect.Same([\"foo\"], Current.ParameterNames);")];

    public override void Check(CaseCheck check)
    {
        check.HasEverywhere("foo", 1);
        Assert.Equal(["foo"], check.Run?.Parameters.Keys ?? ["foo"]);
    }
}

/// <summary>Secrets are variables of the step's process, and hidden in its output.</summary>
internal sealed class SecretsDecorator : ValueMatrixTest
{
    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "all", """
            Expect.Equal("Pizza is a vegetable.", Environment.GetEnvironmentVariable("secret_1"));
            Expect.Equal("How do eels reproduce?", Environment.GetEnvironmentVariable("SECRET_2"));
            Console.WriteLine($"told: {Environment.GetEnvironmentVariable("secret_1")}");
            """) { Attributes = "[Secrets(\"inline.secret_1=Pizza is a vegetable.\", \"inline.SECRET_2=How do eels reproduce?\")]" },
    ];

    public override void Check(CaseCheck check)
    {
        foreach (var step in check.Graph.Steps)
        {
            Assert.Contains("told: ***\n", check.Log(step.Name, "stdout"), StringComparison.Ordinal);
        }
    }
}
