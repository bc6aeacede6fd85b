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
        Assert.Equal(["BBB", "CCC", "FeatEng2", .. MatrixRun.Tags.Order(StringComparer.Ordinal)], check.UserTags.Order(StringComparer.Ordinal));
        Refused(() => check.ChangeTags([""], []));
        Refused(() => check.ChangeTags([new string('a', 600)], []));
        Assert.Equal(5, check.UserTags.Count);
        Assert.Equal(check.Run?.Tags, check.Run?.EndTask!.Tags);
        check.ChangeTags([], ["BBB", "CCC", "FeatEng2"]);
    }

    private static void Refused(Action change) => Assert.ThrowsAny<Exception>(change);
}
