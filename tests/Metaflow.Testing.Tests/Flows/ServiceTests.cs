using Metaflow.Errors;

namespace Metaflow.Testing.Tests.Flows;

public sealed class ServiceTests
{
    [Fact]
    public async Task A_test_gives_fakes()
    {
        var fakes = new FakeServices { ["greeting"] = new FixedGreeting("hi") };
        var run = await FlowTest.RunAsync<GreetingFlow>(options: new FlowTestOptions { Services = fakes });

        Assert.Equal("hi", run.Data.Text);
        Assert.False(run.Data.HasExtra);
        Assert.False(fakes.IsDisposed);
        Assert.Equal(
            "hi",
            (await FlowTest.StepAsync<GreetingFlow>(
                static _ => { }, "Start", options: new FlowTestOptions { Services = fakes })).Data.Text);
    }

    [Fact]
    public async Task A_flow_names_who_makes_its_services()
        => Assert.Equal("named", (await FlowTest.RunAsync<NamingFlow>()).Data.Text);

    [Fact]
    public async Task A_service_is_no_artifact()
    {
        var run = await FlowTest.RunAsync<NamingFlow>();
        Assert.DoesNotContain("greeting", run.Tasks("start")[0].Untyped.Data.Names);
    }

    [Fact]
    public async Task A_missing_service_fails_the_step_and_says_how_to_give_one()
    {
        var nowhere = await FlowTest.RunAsync<GreetingFlow>();
        Assert.Contains(ErrorCodes.ServiceMissing, nowhere.ErrorOutput, StringComparison.Ordinal);
        Assert.Contains("FlowServices", nowhere.Failure!.Message, StringComparison.Ordinal);

        var without = await FlowTest.RunAsync<GreetingFlow>(options: new FlowTestOptions { Services = new FakeServices() });
        Assert.Contains("IGreeting", without.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Services_that_cannot_be_disposed_of_fail_the_task_alone()
    {
        var run = await FlowTest.RunAsync<StubbornFlow>();
        Assert.False(run.Succeeded);
        Assert.Contains("System.InvalidOperationException: not disposed", run.ErrorOutput, StringComparison.Ordinal);
        Assert.Contains(ErrorCodes.ServicesNotDisposed, run.ErrorOutput, StringComparison.Ordinal);
        Assert.DoesNotContain("bug of Metaflow", run.ErrorOutput, StringComparison.Ordinal);
    }
}

public interface IGreeting
{
    string Text { get; }
}

public sealed record FixedGreeting(string Text) : IGreeting;

public sealed class FakeServices : Dictionary<string, object>, IServiceProvider, IDisposable
{
    public bool IsDisposed { get; private set; }

    public object? GetService(Type serviceType) => Values.FirstOrDefault(serviceType.IsInstanceOfType);

    public void Dispose() => IsDisposed = true;
}

public sealed class NamedServices : IFlowServices
{
    public IServiceProvider Build() => new FakeServices { ["greeting"] = new FixedGreeting("named") };
}

public partial class GreetingFlow : FlowSpec
{
    [Service]
    public partial IGreeting Greeting { get; }

    [Service]
    public partial IFormatProvider? Extra { get; }

    public partial string Text { get; set; }

    public partial bool HasExtra { get; set; }

    [Step]
    private Transition Start()
    {
        Text = Greeting.Text;
        HasExtra = Extra is not null;
        return Next(End);
    }

    [Step]
    private void End()
    {
    }
}

[FlowServices(typeof(NamedServices))]
public partial class NamingFlow : FlowSpec
{
    [Service]
    public partial IGreeting Greeting { get; }

    public partial string Text { get; set; }

    [Step]
    private Transition Start()
    {
        Text = Greeting.Text;
        return Next(End);
    }

    [Step]
    private void End()
    {
    }
}

public sealed class StubbornServices : IFlowServices, IServiceProvider, IDisposable
{
    public IServiceProvider Build() => this;

    public object GetService(Type serviceType) => new FixedGreeting("stubborn");

    public void Dispose() => throw new InvalidOperationException("not disposed");
}

[FlowServices(typeof(StubbornServices))]
public partial class StubbornFlow : FlowSpec
{
    [Service]
    public partial IGreeting Greeting { get; }

    public partial string Text { get; set; }

    [Step]
    private void Start() => Text = Greeting.Text;
}
