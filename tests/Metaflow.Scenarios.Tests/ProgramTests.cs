using Metaflow.Errors;
using Metaflow.Metadata;

namespace Metaflow.Scenarios.Tests;

/// <summary>Programs of several flows, and flows of unusual form.</summary>
public sealed class ProgramTests : IDisposable
{
    private const string Several = "several";

    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData]
    [InlineData("--help")]
    [InlineData("help")]
    public async Task A_program_of_several_flows_lists_them(params string[] arguments)
    {
        var outcome = (await _place.RunAsync(Several, arguments)).Succeeded();
        Assert.Contains("FLOW COMMAND", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("LinearFlow", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("Three steps in a row.", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("RenamedFlow", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LinearFlow")]
    [InlineData("NestedForeachFlow")]
    [InlineData("FailFlow")]
    public async Task A_run_leaves_nothing_in_the_folder_of_temporary_files(string flow)
    {
        // A runtime that is killed leaves its pipes for debuggers there: no process that was started ahead of need may be killed.
        var temporary = Directory.CreateDirectory(Path.Combine(_place.Folder, "temporary")).FullName;
        _place.Environment["TMPDIR"] = temporary;
        await _place.RunAsync(flow, "run");
        Assert.Equal(flow == "FailFlow" ? RunState.Failed : RunState.Succeeded, _place.Client().Flow(flow).LatestRun!.State);
        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary));
    }

    [Fact]
    public async Task The_first_argument_names_the_flow_and_its_tasks_are_its_own()
    {
        (await _place.RunAsync(Several, "LinearFlow", "run")).Succeeded();
        var renamed = (await _place.RunAsync(Several, "RenamedFlow", "run")).Succeeded();
        Assert.Equal(2, _place.Client().Flow("LinearFlow").LatestRun!.Data.Get<int>("number"));
        Assert.Equal("begun half done", _place.Client().Flow("RenamedFlow").LatestRun!.Data.Get<string>("text"));
        Assert.DoesNotContain("flow-type", renamed.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_package_adds_commands_that_see_the_flow_its_settings_and_its_runs()
    {
        Assert.Matches("  plan +Plans of the flow for a scheduler.", (await _place.RunAsync("LinearFlow", "--help")).Succeeded().Output);
        (await _place.RunAsync("LinearFlow", "run")).Succeeded();
        Assert.Equal("2\n", (await _place.RunAsync("LinearFlow", "plan", "value", "end", "number")).Succeeded().Output);
        var plan = (await _place.RunAsync("ParametersFlow", "--with", "retry:times=2", "plan", "create", "--text", "x", "--whole", "7"))
            .Succeeded();
        Assert.Equal("start: retry\nend: retry\ntext = x\nwhole = 7\n", plan.Output);
        Assert.EndsWith("Problems: 0. Store: local.\n", plan.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_of_one_of_several_flows_is_continued_and_a_step_of_it_spun()
    {
        (await _place.RunAsync(Several, "LinearFlow", "run", "--until", "middle")).Succeeded();
        var run = _place.Client().Flow("LinearFlow").LatestRun!;
        (await _place.RunAsync(Several, "LinearFlow", "resume", "--continue", run.Id)).Succeeded();
        Assert.Equal(RunState.Succeeded, _place.Client().Flow("LinearFlow").Run(run.Id).State);
        Assert.Contains(
            "number = 2", (await _place.RunAsync(Several, "LinearFlow", "spin", "middle")).Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_of_one_of_several_flows_names_it_in_its_examples()
    {
        var outcome = (await _place.RunAsync(Several, "LinearFlow", "--help")).Succeeded();
        Assert.Contains("Metaflow.Scenarios.Flows LinearFlow run", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistyped_flow_is_told_with_the_one_that_was_meant()
    {
        var outcome = await _place.RunAsync(Several, "LinaerFlow", "run");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("Did you mean 'LinearFlow'?", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains(ErrorCodes.NoSuchFlow, outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_option_before_the_flow_is_told_its_place()
    {
        var outcome = await _place.RunAsync(Several, "--quiet", "LinearFlow", "run");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("options follow it", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_with_something_that_is_no_flow_is_an_error_with_a_code()
    {
        var outcome = await _place.RunAsync("not-flows");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("'String'", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains(ErrorCodes.FlowsNotSelectable, outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Classes_of_one_name_are_chosen_by_the_names_of_their_flows_in_their_tasks_too()
    {
        var straight = (await _place.RunAsync("several-namesakes", "StraightFlow", "run")).Succeeded();
        Assert.Contains("straight on", straight.All, StringComparison.Ordinal);
        (await _place.RunAsync("several-namesakes", "LinearFlow", "run")).Succeeded();
        Assert.Equal(2, _place.Client().Flow("LinearFlow").LatestRun!.Data.Get<int>("number"));
    }

    [Fact]
    public async Task A_name_that_two_flows_have_chooses_neither()
    {
        var outcome = await _place.RunAsync("several-namesakes", "MendableFlow", "run");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(ErrorCodes.FlowsNotSelectable, outcome.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UnmakeableFlow", "run")]
    [InlineData("UnmakeableFlow", "--help")]
    [InlineData("several-unmakeable")]
    [InlineData("several-unmakeable", "UnmakeableFlow", "run")]
    [InlineData("several-unmakeable", "NoSuchFlow", "run")]
    public async Task What_the_constructor_of_a_flow_raises_is_an_error_with_a_code(string program, params string[] arguments)
    {
        var outcome = await _place.RunAsync(program, arguments);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(
            "System.InvalidOperationException: nothing is set up (at Metaflow.Scenarios.Flows.UnmakeableFlow..ctor()",
            outcome.Errors,
            StringComparison.Ordinal);
        Assert.Contains(ErrorCodes.FlowNotLoaded, outcome.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", outcome.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flow_type_that_cannot_be_loaded_is_an_error_with_a_code()
    {
        var outcome = await _place.RunAsync("LinearFlow", "flow-type", "Gone.Flow, Gone", "step");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(ErrorCodes.FlowNotLoadable, outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flow_of_one_step_begins_and_ends_with_it()
    {
        var run = await _place.SucceedAsync("OneStepFlow");
        Assert.True(run.Successful);
        Assert.Equal("all of it", run.Data.Get<string>("said"));
        Assert.Equal(["only"], run.Steps.Select(static step => step.Name));
        Assert.Equal("only", run.StartTask!.Step.Name);
    }

    [Fact]
    public async Task First_and_last_steps_may_have_any_name()
    {
        (await _place.RunAsync("FreeNamesFlow", "run")).Succeeded();
        var run = _place.Client().Flow("RenamedFlow").LatestRun!;
        Assert.Equal(("begin", "finish"), (run.StartTask!.Step.Name, run.EndTask!.Step.Name));
        Assert.Equal("begun half done", run.Data.Get<string>("text"));
    }

    [Fact]
    public async Task A_derived_flow_runs_the_steps_parameters_and_constants_of_its_base()
    {
        var run = await _place.SucceedAsync("ChildFamilyFlow", "--origin", "given", "--failing-attempts", "1");
        Assert.Equal("given child extra", run.Data.Get<string>("trail"));
        Assert.Equal("base house", run.Data.Get<string>("house"));
        Assert.Equal(["end", "extra", "labour", "start"], run.Steps.Select(static step => step.Name).Order());

        // The base alone is a flow too.
        Assert.Equal("base base", (await _place.SucceedAsync("FamilyFlow")).Data.Get<string>("trail"));
    }

    [Fact]
    public async Task A_derived_flow_replaces_a_step_with_its_decorators_and_a_decorator_of_the_flow()
    {
        // The step of the base has [Catch], and the base three retries: the derived flow has neither, but one retry.
        var outcome = await _place.RunAsync("ChildFamilyFlow", "run", "--failing-attempts", "9");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal([0, 1], _place.Client().Flow("ChildFamilyFlow").LatestRun!.Step("labour").Task!.Attempts);
        var shown = (await _place.RunAsync("ChildFamilyFlow", "output-raw", "--json")).Succeeded();
        Assert.DoesNotContain("catch", shown.Output, StringComparison.Ordinal);
    }
}
