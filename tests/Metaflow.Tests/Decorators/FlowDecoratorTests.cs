using Metaflow.Decorators;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;

namespace Metaflow.Tests.Decorators;

public sealed class FlowDecoratorTests
{
    private static readonly FlowDefinition Definition = new()
    {
        FlowName = "SomeFlow",
        Graph = new FlowGraph("SomeFlow", [new StepNode { Name = "start" }]),
        Parameters = [new ParameterDefinition { Name = "day", MemberName = "Day", ValueType = typeof(string), TypeName = "string" }],
    };

    [Theory]
    [InlineData(null, null, "user.ada", true, false)]
    [InlineData("try", null, "test.try", false, false)]
    [InlineData(null, "True", "prod", false, true)]
    [InlineData("try", "True", "prod.try", false, true)]
    [InlineData(null, "False", "user.ada", true, false)]
    public void A_project_has_a_branch_for_each_use(string? branch, string? production, string name, bool isUsers, bool isProduction)
    {
        var project = new ProjectAttribute("sales").Describe("SomeFlow", Options(("branch", branch), ("production", production)), "ada");
        Assert.Equal(new FlowProject("sales", name, isUsers, isProduction, $"sales.{name}.SomeFlow"), project);
        Assert.Equal(
            ["project:sales", $"project_branch:{name}"],
            new ProjectAttribute("sales").SystemTags(Options(("branch", branch), ("production", production)), "ada"));
    }

    [Theory]
    [InlineData("No Capitals", null)]
    [InlineData("other", "mine")]
    public void A_branch_that_is_none_or_another_than_the_sources_is_refused(string given, string? written)
    {
        var error = Assert.Throws<ConfigurationException>(() => new ProjectAttribute("sales") { Branch = written }.Describe(
            "F", Options(("branch", given)), "ada"));
        Assert.Equal((ErrorCodes.FlowOptionInvalid, ExitCodes.Usage), (error.Code, error.ExitCode));
    }

    [Fact]
    public void Decorators_of_a_flow_say_what_is_wrong_with_them()
    {
        Expect(
            RuleCodes.ProjectNameInvalid, new ProjectAttribute("Sales"), new ProjectAttribute(""),
            new ProjectAttribute("a") { Branch = "x-y" }, new ProjectAttribute(new string('a', 129)));
        Expect(
            RuleCodes.ScheduleInvalid,
            new ScheduleAttribute { Daily = false },
            new ScheduleAttribute { Cron = "daily" },
            new ScheduleAttribute { Timezone = "Mars/Olympus" });
        Expect(
            RuleCodes.TriggerInvalid,
            new TriggerAttribute(),
            new TriggerAttribute { Event = "a", Events = ["b"] },
            new TriggerAttribute { Events = ["a", "a"] });
        Expect(
            RuleCodes.TriggerInvalid,
            new TriggerAttribute { Event = "a", Parameters = ["night=n"] },
            new TriggerOnFinishAttribute(),
            new TriggerOnFinishAttribute { Flows = ["A", " "] });
        Expect(RuleCodes.ExitHookInvalid, new ExitHookAttribute(), new ExitHookAttribute { OnError = ["A"], TimeoutSeconds = 0 });
        Assert.Empty(new FlowDecoratorAttribute[]
        {
            new ProjectAttribute("sales_2") { Branch = "a" }, new ScheduleAttribute(),
            new ScheduleAttribute { Cron = "0 6 * * ? *", Timezone = "Europe/Zurich" },
            new TriggerAttribute { Event = "a", Parameters = ["day=d"] }, new TriggerOnFinishAttribute { Flows = ["A", "B"] },
            new ExitHookAttribute { OnError = ["A"] },
        }.SelectMany(static decorator => decorator.Check(Definition)));

        static void Expect(string code, params FlowDecoratorAttribute[] decorators)
            => Assert.All(decorators, decorator => Assert.Equal(code, Assert.Single(decorator.Check(Definition)).Code));
    }

    [Fact]
    public void Their_data_are_those_of_the_reference()
    {
        Assert.Equal("cron,weekly,daily,hourly,timezone", Keys(new ScheduleAttribute()));
        Assert.Equal("event,events,options", Keys(new TriggerAttribute()));
        Assert.Equal("flow,flows,options", Keys(new TriggerOnFinishAttribute()));
        Assert.Equal("on_success,on_error,options", Keys(new ExitHookAttribute()));
        Assert.Equal("name,production,branch", Keys(new ProjectAttribute("x")));
        Assert.Equal("cpu,gpu,disk,memory,shared_memory", Keys(new ResourcesAttribute()));
        Assert.Equal("0 0 ? * SUN *", new ScheduleAttribute { Weekly = true, Hourly = true }.Expression);
        Assert.Equal("0 * * * ? *", new ScheduleAttribute { Hourly = true }.Expression);
        Assert.Equal("0 0 * * ? *", new ScheduleAttribute().Expression);

        static string Keys(DecoratorAttribute decorator) => string.Join(',', decorator.ToData().Select(static pair => pair.Key));
    }

    [Fact]
    public void The_methods_of_an_exit_hook_exist_and_take_a_run_or_nothing()
    {
        var hook = new ExitHookAttribute { OnSuccess = ["Good", "AlsoGood"], OnError = ["Bad", "Missing"] };
        Assert.Equal(
            ["The [ExitHook] names 'Bad'.", "The [ExitHook] names 'Missing'."],
            hook.CheckMethods(typeof(HookedFlow), Definition).Select(static problem => problem.What));
    }

    [Fact]
    public void A_decorator_that_stands_alone_is_given_once()
    {
        var problems = StepDecorators.Duplicates(
            [new RetryAttribute(), new ExitHookAttribute(), new RetryAttribute(), new ExitHookAttribute()], "flow 'F'");
        var problem = Assert.Single(problems);
        Assert.Equal(ErrorCodes.DuplicateDecorator, problem.Code);
        Assert.Contains("'retry' is given 2 times", problem.What, StringComparison.Ordinal);
    }

    private static FlowOptionValues Options(params (string Name, string? Value)[] options)
        => FlowOptionValues.FromTexts(
            [.. options.Where(static option => option.Value is not null).Select(static option => $"{option.Name}={option.Value}")]);

    private sealed class HookedFlow : FlowSpec
    {
        public void Good()
        {
        }

        private static void AlsoGood(Client.RunHandle run) => _ = run;

        private static void Bad(string run) => _ = run;
    }
}
