using Metaflow.Errors;

namespace Metaflow.Scenarios.Tests;

public sealed class MergeTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_join_takes_over_what_its_inputs_agree_about()
    {
        var run = await _place.SucceedAsync("MergeFlow", "--seed", "3");
        var join = run.Step("join").Task!;
        Assert.Equal("a", join.Data.Get<string>("only_in_one"));
        Assert.Equal("xy", join.Data.Get<string>("same_in_both"));
        Assert.Equal("ab", join.Data.Get<string>("differs"));
        Assert.Equal([1, 2, 3], run.Data.Get<List<int>>("from_start"));
        Assert.Equal(8, run.Data.Get<int>("total"));
        Assert.Equal(3, run.Data.Get<int>("seed"));
        Assert.DoesNotContain(join.Artifacts, artifact => artifact.Name == "left");
    }

    [Fact]
    public async Task A_merge_copies_references_and_tells_what_the_join_depends_on()
    {
        var run = await _place.SucceedAsync("MergeForeachFlow");
        Assert.Equal("kg 1000 3 1 2", run.Data.Get<string>("shown"));
        Assert.Equal(run.Step("start").Task!.Artifact("table").Sha, run.Step("join2").Task!.Artifact("table").Sha);
        Assert.DoesNotContain(run.Step("join2").Task!.Artifacts, artifact => artifact.Name == "value");
        var read = run.Step("join").Task!.MetadataDictionary["read-artifacts"];
        Assert.Equal("[\"table\", \"unit\", \"value\"]", read);
    }

    [Theory]
    [InlineData("conflict", ErrorCodes.MergeConflict, "'one', 'two'")]
    [InlineData("missing", ErrorCodes.MergeIncludesMissing, "'never'")]
    [InlineData("both", ErrorCodes.MergeListsExclude, "'include'")]
    [InlineData("unknown", ErrorCodes.MergeNameUnknown, "Did you mean 'One'?")]
    [InlineData("input", ErrorCodes.MergeOutsideJoin, "outside a join")]
    public async Task A_merge_that_cannot_be_done_fails_the_task_and_sets_nothing(string mistake, string code, string text)
    {
        var outcome = await _place.RunAsync("MergeMistakesFlow", "run", "--mistake", mistake);
        Assert.True(outcome.ExitCode == 1, outcome.All);
        Assert.Contains($"[{code}]", outcome.All, StringComparison.Ordinal);
        Assert.Contains(text, outcome.All, StringComparison.Ordinal);
        var run = _place.Client().Flow("MergeMistakesFlow").LatestRun!;
        if (run.Steps.FirstOrDefault(step => step.Name == "join") is { } join)
        {
            Assert.DoesNotContain(join.Task!.Artifacts, artifact => artifact.Name is "one" or "two" or "never");
        }
    }
}
