using Metaflow.Errors;
using Metaflow.Programs;
using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.Tests.Programs;

public sealed class FlowWithoutGeneratorTests
{
    [Fact]
    public void A_class_that_the_generator_did_not_complete_cannot_run_and_says_why()
    {
        var settings = new MetaflowSettings { User = "ada", Datastore = StoreAddress.Local("/nowhere/.metaflow") };
        var application = new FlowApplication(static () => new BareFlow(), settings, "flow", TimeProvider.System);
        var error = Assert.Throws<FlowDefinitionException>(() => application.Definition);
        Assert.Equal(ErrorCodes.FlowNotGenerated, error.Code);
        Assert.Contains("partial", error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_that_does_not_exist_cannot_be_run()
    {
        var error = await Assert.ThrowsAsync<FlowDefinitionException>(static async () => await new BareFlow().InvokeStepAsync(
            "train", null!));
        Assert.Equal(ErrorCodes.NoSuchStep, error.Code);
    }

    [Fact]
    public void A_transition_to_a_method_that_is_no_step_is_refused()
        => Assert.Equal(ErrorCodes.NextOfNoStep, Assert.Throws<FlowDefinitionException>(static () => { new BareFlow().GoNowhere(); }).Code);

    private sealed class BareFlow : FlowSpec
    {
        public void GoNowhere() => Next(GoNowhere);
    }
}
