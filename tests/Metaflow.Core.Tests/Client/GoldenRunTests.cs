using System.Text.Json;
using Metaflow.Client;

namespace Metaflow.Core.Tests.Client;

/// <summary>The client says of the reference's runs what the reference's own client says.</summary>
public sealed class GoldenRunTests(GoldenFolder golden) : IClassFixture<GoldenFolder>
{
    private readonly MetaflowClient _client = new MetaflowClient(golden.Root).WithNamespace(null);

    [Fact]
    public void A_failed_attempt_has_the_time_of_its_end()
    {
        var failed = _client.Flow("FailFlow").Runs().SelectMany(static run => run.Tasks)
            .Where(static task => !task.Finished && task.CompletedAttempts.Count > 0).ToList();
        Assert.NotEmpty(failed);
        Assert.All(failed, static task => Assert.Equal(task.Attempt(task.CompletedAttempts[^1]).AttemptEndedAt, task.FinishedAt));
        Assert.All(failed, static task => Assert.All(task.Artifacts, artifact => Assert.Equal(task.FinishedAt, artifact.FinishedAt)));
        Assert.All(failed, static task => Assert.NotNull(task.Step.FinishedAt));
    }

    [Fact]
    public void A_clone_has_the_data_of_its_origin_after_its_own()
    {
        var clone = _client.Task("FailFlow/1795306049080633/start/1");
        Assert.Equal(clone.MetadataDictionary.Keys.Order(), clone.Metadata.Select(static datum => datum.Field).Distinct().Order());
        Assert.Contains(clone.Metadata, static datum => datum.Field == "attempt_ok");
    }

    [Fact]
    public void A_task_tells_where_it_ran_and_how_much_of_its_output_is_kept()
    {
        var tasks = _client.Flows.SelectMany(static flow => flow.Runs()).SelectMany(static run => run.Tasks).ToList();
        Assert.All(tasks, static task => Assert.Equal("dev", task.RuntimeName));
        Assert.All(tasks, static task => Assert.True(task.StdoutSize >= task.Stdout.Length, $"{task.Pathspec}: {task.StdoutSize} bytes"));
        Assert.Contains(tasks, static task => task.StdoutSize > 0);
        Assert.Contains(tasks, static task => task.StderrSize > 0);
        Assert.All(
            tasks.SelectMany(static task => task.Artifacts), static artifact => Assert.True(artifact.CreatedAt >= artifact.Task.CreatedAt));
    }

    [Fact]
    public void Every_run_has_the_status_and_the_tags_that_the_reference_reports()
    {
        foreach (var expected in golden.Runs)
        {
            var run = _client.Run(Text(expected, "pathspec"));

            Assert.Equal(expected.GetProperty("finished").GetBoolean(), run.Finished);
            Assert.Equal(expected.GetProperty("successful").GetBoolean(), run.Successful);
            Assert.Equal(Texts(expected, "tags").Order(), run.UserTags.Order());
            Assert.Equal(run.Finished, run.FinishedAt is not null);
            Assert.Contains("user:tester", run.SystemTags);
        }
    }

    [Fact]
    public void Every_run_has_exactly_the_tasks_that_the_reference_lists()
    {
        foreach (var expected in golden.Runs)
        {
            var tasks = expected.GetProperty("steps").EnumerateArray().Select(static task => Text(task, "pathspec"));

            Assert.Equal(tasks.Order(), _client.Run(Text(expected, "pathspec")).Tasks.Select(static task => task.Pathspec).Order());
        }
    }

    [Fact]
    public void Every_task_has_the_status_attempt_and_index_that_the_reference_reports() => ForEveryTask((expected, task) =>
    {
        Assert.Equal(expected.GetProperty("finished").GetBoolean(), task.Finished);
        Assert.Equal(expected.GetProperty("successful").GetBoolean(), task.Successful);
        Assert.Equal(expected.GetProperty("attempt").GetInt32(), task.CurrentAttempt);
        Assert.Equal(
            expected.GetProperty("index").ValueKind == JsonValueKind.Null ? null : expected.GetProperty("index").GetInt32(), task.Index);
    });

    [Fact]
    public void Every_task_has_the_parents_and_children_that_the_reference_reports() => ForEveryTask((expected, task) =>
    {
        Assert.Equal(Texts(expected, "parents").Order(), task.ParentTasks.Select(static parent => parent.Pathspec).Order());
        Assert.Equal(Texts(expected, "children").Order(), task.ChildTasks.Select(static child => child.Pathspec).Order());
    });

    [Fact]
    public void Every_task_has_the_logs_that_the_reference_reports() => ForEveryTask((expected, task) =>
    {
        Assert.Equal(Text(expected, "stdout"), task.Stdout);
        Assert.EndsWith(Text(expected, "stderr_tail"), task.Stderr, StringComparison.Ordinal);
    });

    [Fact]
    public void Every_task_has_the_failure_that_the_reference_reports() => ForEveryTask((expected, task) =>
    {
        var exception = expected.GetProperty("exception");
        Assert.Equal(exception.ValueKind == JsonValueKind.Null, task.Exception is null);
        if (task.Exception is { } failure)
        {
            Assert.Contains(exception.GetString()!.TrimEnd(), failure.ToString(), StringComparison.Ordinal);
        }
    });

    [Fact]
    public void Every_artifact_has_the_hash_and_size_that_the_reference_reports() => ForEveryTask((expected, task) =>
    {
        var artifacts = expected.GetProperty("artifacts").EnumerateObject()
            .Select(static artifact => (artifact.Name, Text(artifact.Value, "sha"), artifact.Value.GetProperty("size").GetInt64()));

        Assert.Equal(
            artifacts.OrderBy(static a => a.Name, StringComparer.Ordinal), task.Artifacts.Select(static a => (a.Name, a.Sha, a.Size)));
    });

    [Fact]
    public void Every_artifact_can_be_loaded_and_plain_texts_and_numbers_are_equal() => ForEveryTask((expected, task) =>
    {
        foreach (var artifact in expected.GetProperty("artifacts").EnumerateObject())
        {
            var value = artifact.Value.GetProperty("value");
            var loaded = task.Data[artifact.Name];
            switch (value.ValueKind)
            {
                case JsonValueKind.String:
                    Assert.Equal(value.GetString(), loaded);
                    break;
                case JsonValueKind.Number when loaded is long number:
                    Assert.Equal(value.GetInt64(), number);
                    break;
                case JsonValueKind.Null:
                    Assert.Null(loaded);
                    break;
                case JsonValueKind.True or JsonValueKind.False:
                    Assert.Equal(value.GetBoolean(), loaded);
                    break;
                default:
                    Assert.NotNull(loaded);
                    break;
            }
        }
    });

    [Fact]
    public void Flows_and_latest_runs_are_found_as_by_the_reference()
    {
        Assert.Equal(
            ["FailFlow", "FramesFlow", "ShapeFlow", "SwitchFlow", "TypesFlow"], _client.Flows.Select(static flow => flow.Name).Order());
        var flow = _client.Flow("FailFlow");
        Assert.Equal("1795306051067693", flow.LatestRun!.Id);
        Assert.Equal("1795306051067693", flow.LatestSuccessfulRun!.Id);
        Assert.Equal(["1795306049080633"], flow.Runs("resumed").Select(static run => run.Id));
        Assert.Equal("FailFlow/1795306036707329/start/1", _client.Task("FailFlow/1795306049080633/start/1").OriginPathspec);
        Assert.Equal("FailFlow/1795306036707329", _client.Run("FailFlow/1795306049080633").OriginPathspec);
    }

    [Fact]
    public void The_parameters_of_a_run_are_read_by_name()
        => Assert.Equal(
            new Dictionary<string, object?> { ["kind"] = "a" }, _client.Run("SwitchFlow/1795306039427852").Parameters);

    [Fact]
    public void A_single_attempt_can_be_asked_for()
    {
        var task = _client.Task("ShapeFlow/1795306024906795/inner/8", attempt: 0);

        Assert.Equal(0, task.CurrentAttempt);
        Assert.False(task.Finished);
        Assert.NotNull(task.Exception);
        Assert.All(task.Metadata, static datum => Assert.Contains("attempt_id:0", datum.Tags));
        Assert.Equal([0, 1], task.Attempts);
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static IEnumerable<string> Texts(JsonElement json, string name)
        => json.GetProperty(name).EnumerateArray().Select(static text => text.GetString()!);

    private void ForEveryTask(Action<JsonElement, TaskHandle> check)
    {
        foreach (var run in golden.Runs)
        {
            var handle = _client.Run(Text(run, "pathspec"));
            foreach (var task in run.GetProperty("steps").EnumerateArray())
            {
                check(task, handle.Tasks.Single(known => known.Pathspec == Text(task, "pathspec")));
            }
        }
    }
}
