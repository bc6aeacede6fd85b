using System.Collections.Concurrent;
using Metaflow.Definition;
using Metaflow.Graph;
using Metaflow.InProcess;
using Metaflow.Metadata;
using Metaflow.Programs;
using Metaflow.Running;
using Metaflow.Scheduling;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Tests.Decorators;

public sealed class GivenDecoratorTests
{
    [Theory]
    [InlineData("'--with timeout' has no effect on the step 'start', which has a decorator 'timeout' already.", "timeout:seconds=5")]
    [InlineData("'--with retry' has no effect on the steps 'start', 'end', which have a decorator 'retry' already.", "retry")]
    [InlineData(
        "'--with environment' has no effect on the step 'start', which has a decorator 'environment' already.",
        "environment:vars={\"A\":\"1\"}")]
    [InlineData(null, "catch")]
    public async Task A_decorator_of_the_command_that_does_not_count_for_a_step_is_told(string? told, string with)
    {
        var observer = new Listener();
        var (blobs, metadata) = (new MemoryBlobStore(), new MemoryMetadataProvider(TimeProvider.System));
        using var services = new RunServices(
            new RunStores(blobs, metadata),
            new InProcessTaskLauncher(static () => new Flow(), new RunStores(blobs, metadata), TimeProvider.System),
            TimeProvider.System);
        using var interruption = new RunInterruption();
        var definition = new FlowDefinition
        {
            FlowName = nameof(Flow),
            Graph = new FlowGraph(
                nameof(Flow),
                [new StepNode { Name = "start", Transitions = [new(["end"], null, false, 0, 1)] },
                    new StepNode { Name = "end", ReturnsNothing = true }]),
        };
        var settings = new MetaflowSettings
        {
            User = "tester",
            Datastore = new StoreAddress("memory", "elsewhere"),
            Namespace = "user:tester",
            DefaultDecorators = ["timeout:hours=1"],
        };
        var outcome = await new FlowEngine(static () => new Flow(), definition, settings).RunAsync(
            services, new RunRequest { With = [with] }, observer, interruption);
        Assert.True(outcome.Succeeded, outcome.Error?.Message);
        Assert.Equal(told is null ? [] : [told], observer.Messages);
    }

    private sealed class Flow : FlowSpec
    {
        public override string FlowName => nameof(Flow);

        protected internal override IReadOnlyList<DecoratorAttribute> DecoratorsOf(string? step) => step switch
        {
            null => [new RetryAttribute { Times = 1 }],
            "start" => [new TimeoutAttribute { Seconds = 60 }, new EnvironmentVariablesAttribute { }],
            _ => [],
        };

        protected internal override ValueTask<Transition?> InvokeStepAsync(string step, StepInvocation invocation)
            => new(step == "start" ? Transition.ToNames(["end"]) : null);
    }

    private sealed class Listener : IRunObserver
    {
        public ConcurrentQueue<string> Messages { get; } = new();

        public void OnEvent(RunEvent runEvent)
        {
            if (runEvent is RunEvent.Message message)
            {
                Messages.Enqueue(message.Text);
            }
        }
    }
}
