using Metaflow.Decorators;
using Metaflow.Errors;

namespace Metaflow.Tests.Decorators;

public sealed class DecoratorTextTests
{
    [Fact]
    public void A_decorator_is_made_from_its_text()
    {
        var retry = Assert.IsType<RetryAttribute>(DecoratorText.Parse("retry:times=2,seconds_between_retries=1.5", typeof(FlowSpec)));
        Assert.Equal(2, retry.Times);
        Assert.Equal(TimeSpan.FromSeconds(1.5), retry.LocalWait);
        Assert.Equal("why, not", Assert.IsType<CatchAttribute>(DecoratorText.Parse("catch:var=why, not,print_exception=False", typeof(FlowSpec))).Var);
        Assert.Equal(TimeSpan.FromMinutes(1), Assert.IsType<TimeoutAttribute>(DecoratorText.Parse("timeout:minutes=1", typeof(FlowSpec))).Limit);
    }

    [Theory]
    [InlineData("rety", "retry")]
    [InlineData("retry:tims=2", "times")]
    [InlineData("retry:times=many", "Give a whole number.")]
    [InlineData("retry:seconds_between_retries=long", "Give a number.")]
    [InlineData("catch:print_exception=maybe", "Give true or false.")]
    [InlineData("retry:times", "times")]
    public void What_is_unknown_or_does_not_fit_is_refused_with_what_is_known(string text, string named)
    {
        var error = Assert.Throws<ConfigurationException>(() => DecoratorText.Parse(text, typeof(FlowSpec)));
        Assert.Equal((ErrorCodes.UnknownDecorator, ExitCodes.Usage), (error.Code, error.ExitCode));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wait_that_was_not_asked_for_is_none_locally_and_two_minutes_on_disk()
    {
        Assert.Equal(TimeSpan.Zero, new RetryAttribute().LocalWait);
        Assert.Equal("2", new RetryAttribute().ToData().Single(static pair => pair.Key == "minutes_between_retries").Value);
        Assert.Equal(TimeSpan.FromMinutes(1), new RetryAttribute { MinutesBetweenRetries = 1 }.LocalWait);
    }
}
