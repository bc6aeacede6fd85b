using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;

namespace Metaflow.Core.Tests.Metadata;

/// <summary>What every metadata provider must do. <see cref="Create"/> returns a new provider of the same records, as another process has.</summary>
public abstract class MetadataProviderConformance
{
    private protected static readonly TaskPath SomeTask = new("F", "17", "start", "1");

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract IMetadataProvider Create();

    [Fact]
    public async Task A_run_is_found_as_it_was_registered()
    {
        var run = await Create().RegisterRunAsync(NewRun(string.Empty), Token);

        Assert.NotEmpty(run.RunId);
        AssertSame(run, (await Create().FindRunAsync("F", run.RunId, Token))!);
        Assert.Null(await Create().FindRunAsync("F", "1", Token));
        Assert.Equal(["F"], (await Create().ListFlowsAsync(Token)).Select(static flow => flow.Flow));
    }

    [Fact]
    public async Task Registering_again_is_harmless()
    {
        var first = await Create().RegisterRunAsync(NewRun("17"), Token);
        var second = await Create().RegisterRunAsync(NewRun("17") with { UserName = "other", Tags = [] }, Token);
        await Create().RegisterTaskAsync(first, SomeTask, Token);
        var task = await Create().FindTaskAsync(SomeTask, Token);
        await Create().RegisterTaskAsync(first, SomeTask, Token);

        AssertSame(first, second);
        Assert.Equal(task, await Create().FindTaskAsync(SomeTask, Token));
        Assert.Equal(["1"], (await Create().ListTasksAsync("F", "17", "start", Token)).Select(static known => known.Path.TaskId));
        Assert.Equal(["start"], (await Create().ListStepsAsync("F", "17", Token)).Select(static step => step.Step));
    }

    [Fact]
    public async Task New_runs_at_once_never_share_an_id()
    {
        var ids = new System.Collections.Concurrent.ConcurrentBag<string>();
        await Parallel.ForAsync(0, 40, Token, async (_, _) => ids.Add((await Create().RegisterRunAsync(NewRun(string.Empty), Token)).RunId));

        Assert.Equal(40, ids.Distinct().Count());
        Assert.Equal(40, (await Create().ListRunsAsync("F", Token)).Count);
    }

    [Fact]
    public async Task Runs_are_listed_newest_first()
    {
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Insert(0, (await Create().RegisterRunAsync(NewRun(string.Empty), Token)).RunId);
        }

        Assert.Equal(ids, (await Create().ListRunsAsync("F", Token)).Select(static run => run.RunId));
    }

    [Fact]
    public async Task Data_of_one_field_at_one_moment_are_all_kept()
    {
        var run = await TaskAsync();
        await Create().RecordAsync(run, SomeTask, [.. Enumerable.Range(0, 20).Select(static i => Datum("attempt", $"{i}"))], [], Token);
        await Parallel.ForAsync(20, 60, Token, async (i, _) => await Create().RecordAsync(run, SomeTask, [Datum("attempt", $"{i}")], [], Token));

        var data = await Create().ListMetadataAsync(SomeTask, Token);

        Assert.Equal(Enumerable.Range(0, 60), data.Select(static datum => int.Parse(datum.Text, System.Globalization.CultureInfo.InvariantCulture)).Order());
        Assert.Equal(data.OrderBy(static datum => datum.CreatedAt).Select(static datum => datum.CreatedAt), data.Select(static datum => datum.CreatedAt));
    }

    [Fact]
    public async Task A_datum_keeps_its_type_its_tags_and_a_list_as_value()
    {
        var run = await TaskAsync();
        await Create().RecordAsync(
            run, SomeTask, [Datum("attempt_ok", "True", "internal_attempt_status"), Datum("foreach-stack", new List<string> { "a=1", "b=é" })], [], Token);

        var data = await Create().ListMetadataAsync(SomeTask, Token);
        var ok = data.Single(static datum => datum.Field == "attempt_ok");
        var stack = data.Single(static datum => datum.Field == "foreach-stack");

        Assert.Equal("internal_attempt_status", ok.Type);
        Assert.Equal(["attempt_id:0"], ok.Tags);
        Assert.Equal("True", ok.Value);
        Assert.Equal(["a=1", "b=é"], Assert.IsAssignableFrom<IReadOnlyList<string>>(stack.Value));
    }

    [Fact]
    public async Task Artifacts_are_those_of_the_latest_attempt_that_is_done()
    {
        var run = await TaskAsync();
        Assert.Empty(await Create().ListArtifactsAsync(SomeTask, null, Token));
        await Create().RecordAsync(run, SomeTask, [Datum("attempt-done", "0")], [Artifact("x", 0), Artifact("y", 0)], Token);
        await Create().RecordAsync(run, SomeTask, [], [Artifact("x", 1)], Token);
        Assert.Equal(["x", "y"], (await Create().ListArtifactsAsync(SomeTask, null, Token)).Select(static artifact => artifact.Artifact.Name));

        await Create().RecordAsync(run, SomeTask, [Datum("attempt-done", "1")], [], Token);

        var artifact = Assert.Single(await Create().ListArtifactsAsync(SomeTask, null, Token));
        Assert.Equal((1, "local", ":root:/x/.metaflow"), (artifact.Attempt, artifact.DatastoreType, artifact.Location));
        Assert.Equal(("x", "pickle-v4", new string('a', 40)), (artifact.Artifact.Name, artifact.Artifact.Encoding, artifact.Artifact.Key));
        Assert.Equal(2, (await Create().ListArtifactsAsync(SomeTask, 0, Token)).Count);
    }

    [Fact]
    public async Task Changing_tags_keeps_who_and_when()
    {
        var run = await Create().RegisterRunAsync(NewRun("17"), Token);

        var changed = await Create().ChangeTagsAsync("F", "17", ["new", "t1", "user:ada"], ["t2", "new"], Token);

        AssertSame(run with { Tags = ["t1", "new"] }, changed);
        AssertSame(changed, (await Create().FindRunAsync("F", "17", Token))!);
    }

    [Fact]
    public async Task Changes_of_tags_at_once_are_all_kept()
    {
        await Create().RegisterRunAsync(NewRun("17") with { Tags = [] }, Token);
        await Parallel.ForAsync(0, 40, new ParallelOptions { MaxDegreeOfParallelism = 10, CancellationToken = Token }, async (i, _) =>
            await Create().ChangeTagsAsync("F", "17", [$"tag{i}"], [], Token));

        Assert.Equal(40, (await Create().FindRunAsync("F", "17", Token))!.Tags.Distinct().Count());
    }

    [Fact]
    public async Task Tags_that_break_a_rule_are_refused()
    {
        await Create().RegisterRunAsync(NewRun("17") with { Tags = [.. Enumerable.Range(0, 49).Select(static i => $"t{i}")] }, Token);

        await AssertRefused("MF5006", [string.Empty], []);
        await AssertRefused("MF5006", [new string('x', 501)], []);
        await AssertRefused("MF5007", [], ["user:ada"]);
        await AssertRefused("MF5008", ["a", "b"], []);
        Assert.Equal(50, (await Create().ChangeTagsAsync("F", "17", ["a", "b"], ["t0"], Token)).Tags.Count);
        Assert.Equal(ErrorCodes.ObjectNotFound, (await Assert.ThrowsAsync<MetadataException>(async () => await Create().ChangeTagsAsync("F", "18", ["a"], [], Token))).Code);

        async Task AssertRefused(string code, string[] add, string[] remove)
            => Assert.Equal(code, (await Assert.ThrowsAsync<MetadataException>(async () => await Create().ChangeTagsAsync("F", "17", add, remove, Token))).Code);
    }

    [Theory]
    [InlineData("../F")]
    [InlineData("..")]
    [InlineData("a/b")]
    public async Task A_name_that_leads_elsewhere_is_refused_MF5003(string name)
    {
        var error = await Assert.ThrowsAsync<MetadataException>(async () => await Create().FindRunAsync(name, "17", Token));

        Assert.Equal("MF5003", error.Code);
    }

    private protected static RunRecord NewRun(string id) => new("F", id, "ada", ["t1", "t2"], ["user:ada", "runtime:dev"], default);

    private protected static MetadataDatum Datum(string field, object value, string? type = null) => new(field, type ?? field, value, ["attempt_id:0"]);

    private protected static RegisteredArtifact Artifact(string name, int attempt)
        => new(new ArtifactRecord(name, new string('a', 40), 5, "<class 'int'>", "pickle-v4"), attempt, "local", ":root:/x/.metaflow", default);

    private static void AssertSame(RunRecord expected, RunRecord actual)
    {
        Assert.Equal(expected.Tags, actual.Tags);
        Assert.Equal(expected.SystemTags, actual.SystemTags);
        Assert.Equal(expected with { Tags = [], SystemTags = [] }, actual with { Tags = [], SystemTags = [] });
    }

    private async Task<RunRecord> TaskAsync()
    {
        var run = await Create().RegisterRunAsync(NewRun("17"), Token);
        await Create().RegisterTaskAsync(run, SomeTask, Token);
        return run;
    }
}
