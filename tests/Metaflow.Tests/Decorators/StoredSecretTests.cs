using System.Text;
using Metaflow.Artifacts;
using Metaflow.Decorators;
using Metaflow.Definition;
using Metaflow.Graph;
using Metaflow.InProcess;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Programs;
using Metaflow.Running;
using Metaflow.Scheduling;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Tests.Decorators;

/// <summary>What is stored of a task but its artifacts is without its step's secrets, wherever it comes from.</summary>
public sealed class StoredSecretTests
{
    private const string Token = "t0ken\"of<the>tests";

    private readonly MemoryBlobStore _blobs = new();
    private readonly MemoryMetadataProvider _metadata = new(TimeProvider.System);

    private static readonly FlowDefinition Definition = new()
    {
        FlowName = nameof(TellingFlow),
        Graph = new FlowGraph(nameof(TellingFlow),
        [
            new StepNode { Name = "start", MethodName = "start", Transitions = [new TransitionNode(["work"], null, true, 0, 1)] },
            new StepNode { Name = "work", MethodName = "work", Transitions = [new TransitionNode(["join"], null, false, 0, 1)] },
            new StepNode
            {
                Name = "join",
                MethodName = "join",
                TakesInputs = true,
                Transitions = [new TransitionNode(["end"], null, false, 0, 1)],
            },
            new StepNode { Name = "end", ReturnsNothing = true },
        ]),
    };

    [Theory]
    [InlineData("step")]
    [InlineData("key of a value that cannot be stored")]
    [InlineData("after")]
    [InlineData("items")]
    [InlineData("handled")]
    public async Task A_failure_is_stored_without_them_whatever_raised_it(string how)
    {
        var outcome = await RunAsync(how);

        Assert.False(outcome.Succeeded);
        var (id, _) = Assert.Single(await _blobs.ListAsync(
            $"{nameof(TellingFlow)}/{outcome.RunId}/start", TestContext.Current.CancellationToken));
        var task = new TaskPath(nameof(TellingFlow), outcome.RunId, "start", id);
        var failure = (await new FlowDatastore(_blobs, nameof(TellingFlow), TimeProvider.System).OpenTaskAsync(
            task, null, TestContext.Current.CancellationToken)).Load<StepFailure>("_exception");
        for (var cause = failure; cause is not null; cause = cause.Inner)
        {
            Assert.DoesNotContain("t0ken", cause.Message + cause.StackTrace, StringComparison.Ordinal);
        }

        Assert.Contains("***", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metadata_is_without_them_that_of_tasks_of_other_steps_too()
    {
        var outcome = await RunAsync("metadata");

        Assert.True(outcome.Succeeded, outcome.Error?.Message);
        var texts = new List<string>();
        foreach (var step in new[] { "start", "work", "join", "end" })
        {
            foreach (var (id, _) in await _blobs.ListAsync(
                $"{nameof(TellingFlow)}/{outcome.RunId}/{step}", TestContext.Current.CancellationToken))
            {
                var data = await _metadata.ListMetadataAsync(
                    new TaskPath(nameof(TellingFlow), outcome.RunId, step, id), TestContext.Current.CancellationToken);
                texts.AddRange(data.Select(static datum => $"{datum.Field}: {datum.Text}"));
            }
        }

        Assert.Contains(texts, static text => text.StartsWith("told: ***", StringComparison.Ordinal));
        Assert.Equal(
            2,
            texts.Count(static text => text.StartsWith("foreach-stack: ", StringComparison.Ordinal)
                && text.Contains("***", StringComparison.Ordinal)));
        Assert.DoesNotContain(texts, static text => text.Contains("t0ken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_task_that_a_step_with_secrets_started_in_a_run_of_its_own_stores_its_failure_without_them()
    {
        var before = Environment.GetEnvironmentVariable("STORED_SECRET_TESTS");
        Environment.SetEnvironmentVariable("STORED_SECRET_TESTS", "inherited " + Token);
        Environment.SetEnvironmentVariable(SecretVariables.Variable, SecretVariables.With(["STORED_SECRET_TESTS"]));
        try
        {
            var outcome = await RunAsync("inherited");
            var (id, _) = Assert.Single(await _blobs.ListAsync(
                $"{nameof(TellingFlow)}/{outcome.RunId}/start", TestContext.Current.CancellationToken));
            var task = new TaskPath(nameof(TellingFlow), outcome.RunId, "start", id);
            var failure = (await new FlowDatastore(_blobs, nameof(TellingFlow), TimeProvider.System).OpenTaskAsync(
                task, null, TestContext.Current.CancellationToken)).Load<StepFailure>("_exception");
            Assert.Equal("raised with ***", failure.Message);
        }
        finally
        {
            Environment.SetEnvironmentVariable("STORED_SECRET_TESTS", before);
            Environment.SetEnvironmentVariable(SecretVariables.Variable, null);
        }
    }

    private async Task<RunOutcome> RunAsync(string how)
    {
        FlowSpec MakeFlow() => new TellingFlow(how);
        using var services = new RunServices(
            new RunStores(_blobs, _metadata),
            new InProcessTaskLauncher(MakeFlow, new RunStores(_blobs, _metadata), TimeProvider.System),
            TimeProvider.System);
        using var interruption = new RunInterruption();
        var settings = new MetaflowSettings
        {
            User = "tester",
            Datastore = new StoreAddress("memory", "memory"),
            Namespace = "user:tester",
        };
        return await new FlowEngine(MakeFlow, Definition, settings).RunAsync(services, new RunRequest(), new NoObserver(), interruption);
    }

    private sealed class TellingFlow(string how) : FlowSpec
    {
        private readonly ArtifactCell<Dictionary<string, object>> _stuck = new("stuck");

        public override string FlowName => nameof(TellingFlow);

        public override void CollectCells(ICollection<ArtifactCell> cells) => cells.Add(_stuck);

        protected internal override IReadOnlyList<DecoratorAttribute> DecoratorsOf(string? step)
            => step != "start" || how == "inherited"
                ? []
                : [new SecretsAttribute("inline.STORED_SECRET_TOKEN=" + Token), new TellingAttribute(how)];

        protected internal override ValueTask<Transition?> InvokeStepAsync(string step, StepInvocation invocation) => step switch
        {
            "start" => Start(),
            "work" => new(Transition.ToNames(["join"])),
            "join" => new(Transition.ToNames(["end"])),
            _ => new((Transition?)null),
        };

        private ValueTask<Transition?> Start()
        {
            switch (how)
            {
                case "step" or "handled":
                    throw new InvalidOperationException("raised with " + Token, new InvalidOperationException(Token));
                case "inherited":
                    throw new InvalidOperationException("raised with inherited " + Token);
                case "key of a value that cannot be stored":
                    _stuck.Value = new() { [Token] = new MemoryStream() };
                    break;
            }

            return new(Transition.ToItems("work", how == "items" ? Items() : new[] { Token, new string('x', 25) + Token }));
        }

        private static IEnumerable<string> Items()
        {
            yield return "one";
            throw new InvalidOperationException("an item: " + Token);
        }
    }

    private sealed class TellingAttribute(string how) : DecoratorAttribute
    {
        public override string DecoratorName => "telling";

        public override object CreateHook() => new Hook(how);

        private sealed class Hook(string how) : IAfterStepHook, IStepFailureHook
        {
            public ValueTask AfterStepAsync(StepHookContext context)
            {
                context.AddMetadata("told", Token + " and more");
                return how == "after" ? throw new InvalidOperationException("after: " + Token) : default;
            }

            // That it is handled, and then fails in another way, changes nothing.
            public ValueTask<bool> OnStepFailureAsync(StepHookContext context, StepFailure failure)
            {
                Assert.DoesNotContain("t0ken", failure.Message, StringComparison.Ordinal);
                return new(false);
            }
        }
    }

    private sealed class NoObserver : IRunObserver
    {
        public void OnEvent(RunEvent runEvent)
        {
        }
    }
}
