using System.Reflection;
using Metaflow.Decorators;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Launching;
using Metaflow.Naming;
using Metaflow.Platform;

namespace Metaflow.Tests.Decorators;

/// <summary>Every number that a decorator takes: whatever is given is taken and does its work, or is refused with a code.</summary>
public sealed class DecoratorLimitTests
{
    private static readonly StepNode Step = new() { Name = "start", Transitions = [new TransitionNode(["end"], null, false, 0, 1)] };
    private static readonly FlowGraph Graph = new("Flow", [Step, new StepNode { Name = "end", ReturnsNothing = true }]);

    private static readonly string[] Values =
    [
        "0", "1", "-1", "2147483647", "-2147483648", "2147483648", "99999999999", "4294968", "1e3", "1e400", "-1e400", "nan", "NaN", "inf",
        "Infinity", "", " ", "1.5", "1,5", "30D", "5m", "0x10", "1.7976931348623157e308", "4.9e-324", "-0.0", "null", "true",
    ];

    public static TheoryData<string, string> Numbers
    {
        get
        {
            var numbers = new TheoryData<string, string>();
            foreach (var type in typeof(RetryAttribute).Assembly.GetTypes()
                .Where(static type => type.IsPublic && !type.IsAbstract && type.IsSubclassOf(typeof(DecoratorAttribute))
                    && !type.IsSubclassOf(typeof(FlowDecoratorAttribute))))
            {
                foreach (var property in type.GetProperties()
                    .Where(static property => property.CanWrite && IsNumber(property.PropertyType)))
                {
                    numbers.Add(((DecoratorAttribute)Activator.CreateInstance(type)!).DecoratorName, SnakeCase.FromMember(property.Name));
                }
            }

            return numbers;
        }
    }

    [Fact]
    public void All_that_have_numbers_are_walked() => Assert.Subset(
        Numbers.Select(static row => $"{row.Data.Item1}.{row.Data.Item2}").ToHashSet(),
        new HashSet<string>
        {
            "retry.times", "retry.jitter", "timeout.seconds", "timeout.minutes", "timeout.hours", "retry.backoff_factor",
        });

    [Theory]
    [MemberData(nameof(Numbers))]
    public void A_number_is_taken_and_works_or_is_refused_with_a_code(string decorator, string attribute)
    {
        foreach (var value in Values)
        {
            DecoratorAttribute made;
            try
            {
                made = DecoratorText.Parse($"{decorator}:{attribute}={value}", typeof(FlowSpec));
            }
            catch (ConfigurationException refused)
            {
                Assert.True(refused is { Code: ErrorCodes.UnknownDecorator, ExitCode: ExitCodes.Usage }, $"{value}: {refused.Message}");
                continue;
            }

            var problems = made.Check(Step, Graph).ToList();
            Assert.All(problems, static problem => Assert.StartsWith("MF1", problem.Code, StringComparison.Ordinal));
            if (problems.Count == 0)
            {
                AssertWorks(made, value);
            }
        }
    }

    private static void AssertWorks(DecoratorAttribute decorator, string value)
    {
        var launch = new LaunchHookContext(new TaskPath("F", "1", "start", "1"), 0, new Dictionary<string, string>());
        (decorator as ILaunchHook)?.BeforeLaunch(launch);
        if (launch.Deadline is { } deadline)
        {
            using var timer = new LongTimer(TimeProvider.System, deadline, static () => { });
            Assert.True(deadline > TimeSpan.Zero, value);
        }

        if (decorator is RetryAttribute retry)
        {
            var budget = new RetryBudget(retry.Times, 1, retry.WaitOr(TimeSpan.Zero)) { Growth = retry.Growth };
            Assert.All(
                Enumerable.Range(0, RetryBudget.MaxAttempts),
                attempt => Assert.InRange(budget.WaitAfter("1", "2", attempt), TimeSpan.Zero, TimeSpan.MaxValue));
        }

        if (decorator is ResourcesAttribute resources)
        {
            _ = resources.Demand;
        }

        Assert.NotEmpty(decorator.ToData());
    }

    private static bool IsNumber(Type type)
        => Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) is >= TypeCode.SByte and <= TypeCode.Decimal && !type.IsEnum;
}
