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
        Assert.Equal(TimeSpan.FromSeconds(1.5), retry.WaitOr(TimeSpan.Zero));
        Assert.Equal(
            "why, not",
            Assert.IsType<CatchAttribute>(DecoratorText.Parse("catch:var=why, not,print_exception=False", typeof(FlowSpec))).Var);
        Assert.Equal(
            TimeSpan.FromMinutes(1), Assert.IsType<TimeoutAttribute>(DecoratorText.Parse("timeout:minutes=1", typeof(FlowSpec))).Limit);
    }

    [Theory]
    [InlineData("rety", "retry")]
    [InlineData("retry:tims=2", "times")]
    [InlineData("retry:times=many", "'many' is not a valid value for 'times'. Give a whole number.")]
    [InlineData("retry:", "An attribute has no name. Use: times,")]
    [InlineData("retry:=3", "An attribute has no name. Use: times,")]
    [InlineData("catch:artifact_name=x", "Use: var, print_exception.")]
    [InlineData("retry:seconds_between_retries=long", "Give a number.")]
    [InlineData("catch:print_exception=maybe", "Give true or false.")]
    [InlineData("retry:times", "'times' needs a value")]
    [InlineData("retry:times=2,times=3", "'times' is given twice")]
    [InlineData("environment:vars={\"X\":\"w\",\"X\":\"z\"}", "JSON object of strings")]
    [InlineData("environment:vars={\"X\":null}", "JSON object of strings")]
    [InlineData("retry:on=[1]", "JSON list of strings")]
    public void What_is_unknown_or_does_not_fit_is_refused_with_what_is_known(string text, string named)
    {
        var error = Assert.Throws<ConfigurationException>(() => DecoratorText.Parse(text, typeof(FlowSpec)));
        Assert.Equal((ErrorCodes.UnknownDecorator, ExitCodes.Usage), (error.Code, error.ExitCode));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_texts_are_shown_in_part()
    {
        var letters = new string('x', 100_000);
        string[] texts = [letters, "retry:" + letters + "=1", "retry:times=" + letters];
        Assert.All(
            texts,
            static text => Assert.InRange(
                Assert.Throws<ConfigurationException>(() => DecoratorText.Parse(text, typeof(FlowSpec))).Message.Length, 60, 1500));
    }

    [Theory]
    [InlineData("""{"A":"1,B=2"}""", "1,B=2")]
    [InlineData("""{"A":"a \" , b=\"}"}""", "a \" , b=\"}")]
    [InlineData("""{"B":"]","A":"x,y=[1"}""", "x,y=[1")]
    [InlineData("""{ "A" : "spark.a=1,b=2" }""", "spark.a=1,b=2")]
    [InlineData("""{"A":{"b":[1,2]}}""", """{"b":[1,2]}""")]
    public void A_comma_inside_of_a_map_ends_nothing(string map, string value)
        => Assert.Equal(
            value,
            Assert.IsType<EnvironmentVariablesAttribute>(DecoratorText.Parse("environment:vars=" + map, typeof(FlowSpec))).Vars["A"]);

    [Theory]
    [InlineData("""catch:var="spark.a=1,b=2",print_exception=false""", "spark.a=1,b=2", false)]
    [InlineData("""catch:var="a\",b=1\\",print_exception=true""", "a\",b=1\\", true)]
    [InlineData("""catch:var={a,print_exception=false""", "{a", false)]
    [InlineData("""catch:var="a,print_exception=false""", "\"a", false)]
    [InlineData("""catch:var=it's "a,print_exception=false""", "it's \"a", false)]
    [InlineData("""catch:var=],print_exception=false""", "]", false)]
    [InlineData("""catch:var={"a":1},print_exception=false""", """{"a":1}""", false)]
    [InlineData("""catch:var=,print_exception=false""", "", false)]
    public void A_text_in_quotes_holds_commas_and_what_follows_it_still_counts(string text, string variable, bool prints)
    {
        var handler = Assert.IsType<CatchAttribute>(DecoratorText.Parse(text, typeof(FlowSpec)));
        Assert.Equal((variable, prints), (handler.Var, handler.PrintException));
    }

    [Theory]
    [InlineData("9")]
    [InlineData("nosuch")]
    public void A_value_that_is_no_member_of_an_enumeration_is_refused(string text)
    {
        Assert.False(DecoratorValue.TryRead(text, typeof(DayOfWeek), out _));
        Assert.True(DecoratorValue.TryRead("monday", typeof(DayOfWeek), out var day));
        Assert.Equal(DayOfWeek.Monday, day);
    }

    [Fact]
    public void Lists_hold_commas_too()
    {
        var retry = Assert.IsType<RetryAttribute>(DecoratorText.Parse(
            """retry:on=["A,b=1","C"],not_on="D,times=2",times=1""", typeof(FlowSpec)));
        Assert.Equal(["A,b=1", "C"], retry.On);
        Assert.Equal(["D,times=2"], retry.NotOn);
        Assert.Equal(1, retry.Times);
    }

    [Fact]
    public void A_wait_that_was_not_asked_for_is_none_locally_and_two_minutes_on_disk()
    {
        Assert.Equal(TimeSpan.Zero, new RetryAttribute().WaitOr(TimeSpan.Zero));
        Assert.Equal("2", new RetryAttribute().ToData().Single(static pair => pair.Key == "minutes_between_retries").Value);
        Assert.Equal(TimeSpan.FromMinutes(1), new RetryAttribute { MinutesBetweenRetries = 1 }.WaitOr(TimeSpan.Zero));
    }
}
