using Metaflow.Definition;
using Metaflow.Graph;
using Metaflow.Programs;
using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.Tests.Decorators;

public sealed class RetryNamesTests
{
    [Theory]
    [InlineData("FormatExceptoin", "Write 'FormatException'")]
    [InlineData("Sytem.FormatException", "Write 'FormatException'")]
    [InlineData("RetryNamesTests+Own", "Suppress this warning")]
    [InlineData("HttpRequestExcepton", "Write 'HttpRequestException'")]
    [InlineData("NothingLikeIt", "Suppress this warning")]
    [InlineData("FormatException", null)]
    [InlineData("System.IO.IOException", null)]
    [InlineData("System.Net.Http.HttpRequestException", null)]
    [InlineData("SocketException", null)]
    [InlineData("Own", null)]
    [InlineData("Metaflow.Tests.Decorators.RetryNamesTests+Own", null)]
    [InlineData("StepFailedException", null)]
    public void An_exception_that_no_class_of_the_program_is_is_a_warning(string name, string? fix)
    {
        foreach (var isGiven in new[] { true, false })
        {
            var settings = new MetaflowSettings { User = "ada", Datastore = StoreAddress.Local("/nowhere/.metaflow") };
            var application = new FlowApplication(() => new Flow(isGiven ? null : name), settings, "flow", TimeProvider.System);
            application.CheckDecorators(isGiven ? [$"retry:not_on={name}"] : []);
            var problems = application.Check();
            Assert.Equal(
                fix is null ? [] : [(RuleCodes.RetryNameUnknown, ProblemSeverity.Warning, "start")],
                problems.Select(static problem => (problem.Code, problem.Severity, problem.Step)));
            Assert.All(problems, problem => Assert.Contains(fix!, problem.Fix, StringComparison.Ordinal));
        }
    }

    private sealed class Own : Exception;

    private sealed class Flow(string? name) : FlowSpec
    {
        protected internal override void Describe(FlowDefinitionBuilder builder)
        {
            builder.Flow(nameof(Flow), "", "");
            builder.Step(new StepNode { Name = "start", ReturnsNothing = true, IsMarkedStart = true, IsMarkedEnd = true });
        }

        protected internal override IReadOnlyList<DecoratorAttribute> DecoratorsOf(string? step)
            => step is null || name is null ? [] : [new RetryAttribute { On = [name] }];
    }
}
