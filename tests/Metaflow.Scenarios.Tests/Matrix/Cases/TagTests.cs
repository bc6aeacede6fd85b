using Metaflow.Scenarios.Tests.Matrix.Checking;
using Metaflow.Scenarios.Tests.Matrix.Generation;

namespace Metaflow.Scenarios.Tests.Matrix.Cases;

/// <summary>Tags of a run are changed by its tasks and afterwards, all at once or not at all.</summary>
internal sealed class TagMutation : ValueMatrixTest
{
    public override IReadOnlyList<StepCode> Steps =>
    [
        new(1, "all", """
            var run = new Metaflow.Client.MetaflowClient(".").Run($"{Current.FlowName}/{Current.RunId}");
            for (var i = 0; i < 7; i++)
            {
                run.AddTag($"{i}");
                Expect.True(run.UserTags.Contains($"{i}"), "an added tag is lacking");
                run.RemoveTag($"{i}");
                Expect.True(!run.UserTags.Contains($"{i}"), "a removed tag is there");
            }
            """),
    ];

    public override void Check(CaseCheck check)
    {
        var system = check.SystemTags.First();
        check.ChangeTags(["tag_along", system], []);
        Assert.Contains("tag_along", check.UserTags);
        Assert.DoesNotContain(system, check.UserTags);
        Refused(() => check.ChangeTags([], ["tag_along", system]));
        Assert.Contains("tag_along", check.UserTags);
        check.ChangeTags([], ["tag_along"]);
        Assert.DoesNotContain("tag_along", check.UserTags);
        check.ChangeTags(["AAA", "BBB"], []);
        check.ChangeTags(["BBB", "CCC"], ["AAA", "BBB"]);
        Assert.Equal(["BBB", "CCC", .. MatrixRun.Tags.Order(StringComparer.Ordinal)], check.UserTags.Order(StringComparer.Ordinal));
        check.ChangeTags(["FeatEng1", "FeatEng2", "新想法"], []);
        Assert.Contains("新想法", check.UserTags);
        check.ChangeTags([], ["新想法", "FeatEng1"]);
        Assert.Equal(
            ["BBB", "CCC", "FeatEng2", .. MatrixRun.Tags.Order(StringComparer.Ordinal)], check.UserTags.Order(StringComparer.Ordinal));
        Refused(() => check.ChangeTags([""], []));
        Refused(() => check.ChangeTags([new string('a', 600)], []));
        Assert.Equal(5, check.UserTags.Count);
        Assert.Equal(check.Run?.Tags, check.Run?.EndTask!.Tags);
        check.ChangeTags([], ["BBB", "CCC", "FeatEng2"]);
    }

    private static void Refused(Action change) => Assert.ThrowsAny<Exception>(change);
}

/// <summary>Tags of the user and of the framework, of any letters: seen on the run and all in it; each of them chooses runs and is a
/// namespace.</summary>
internal sealed class BasicTags : ValueMatrixTest
{
    private static readonly string[] Expected = ["project:basic_tag", "project_branch:user.tester", "user:tester"];

    public override string Attributes => "[Project(\"basic_tag\")]";

    public override IReadOnlyList<StepCode> Steps => [new(0, "all", "Expect.Equal(\"user:tester\", Current.Namespace);")];

    public override void Check(CaseCheck check)
    {
        Assert.Subset(check.SystemTags.ToHashSet(), Expected.ToHashSet());
        Assert.Equal(MatrixRun.Tags.Order(StringComparer.Ordinal), check.UserTags.Order(StringComparer.Ordinal));
        if (check.Run is null)
        {
            return;
        }

        string[] all = [.. Expected, .. MatrixRun.Tags];
        foreach (var tag in all)
        {
            var flow = check.Case.Client().WithNamespace(tag).Flow(FlowName);
            var run = flow.Run(check.Case.RunId);
            Assert.Empty(flow.Runs("not_a_tag"));
            Assert.Empty(flow.Runs("not_a_tag", tag));
            Assert.Equal([run.Id], flow.Runs(tag).Select(static one => one.Id));
            Assert.Equal([run.Id], flow.Runs(all).Select(static one => one.Id));
            Assert.Equal(check.Graph.Steps.Select(static step => step.Name).Order(), run.Steps.Select(static step => step.Name).Order());
            Assert.Subset(run.Tags.ToHashSet(), all.ToHashSet());
            Assert.All(run.Steps, step => Assert.Equal(run.Tags, step.Tags));
            Assert.All(run.Tasks, task => Assert.Equal(run.Tags, task.Tags));
            Assert.All(run.Tasks[0].AllArtifacts, artifact => Assert.Equal(run.Tags, artifact.Tags));
        }
    }
}
