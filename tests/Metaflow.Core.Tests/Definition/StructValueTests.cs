using Metaflow.Definition;

namespace Metaflow.Core.Tests.Definition;

/// <summary>Structures as parameters and configurations: they begin with what their constructor makes, as records do.</summary>
public sealed class StructValueTests
{
    [Fact]
    public void A_member_that_is_not_given_has_the_default_of_the_constructor()
    {
        Assert.Equal(new Money(1.5m, "EUR", 2), Read<Money>("{\"amount\": 1.5, \"currency\": \"EUR\"}"));
        Assert.Equal(new Money(1.5m, "EUR", 4), Read<Money?>("{\"amount\": 1.5, \"currency\": \"EUR\", \"scale\": 4}"));
        Assert.Equal(new Money(1.5m, "EUR", 2), Assert.Single(Read<List<Money>>("[{\"amount\": 1.5, \"currency\": \"EUR\"}]")));
        Assert.Equal(3, Read<Started>("{\"amount\": 1.5}").Scale);
        Assert.Equal(DayOfWeek.Friday, Read<Dated>("{\"amount\": 1.5}").Day);
    }

    [Theory]
    [InlineData("{\"amount\": 1.5}", "'currency' is missing")]
    [InlineData("{\"amount\": 1.5, \"curency\": \"EUR\"}", "did you mean 'currency'?")]
    public void A_member_without_a_default_must_be_given(string text, string told)
        => Assert.Contains(told, Assert.Throws<FormatException>(() => Read<Money>(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_constructor_that_refuses_what_is_not_given_yet_does_no_harm()
        => Assert.Equal(2, Read<Positive>("{\"value\": 2}").Value);

    private static T Read<T>(string text) => (T)ParameterJson.Read(typeof(T), text, NullMap.Unknown)!;

    internal readonly record struct Money(decimal Amount, string Currency, int Scale = 2);

    internal record struct Started(decimal Amount)
    {
        public int Scale { get; set; } = 3;
    }

    internal readonly record struct Dated(decimal Amount, DayOfWeek Day = DayOfWeek.Friday);

    internal struct Positive
    {
        public Positive(int value) => Value = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value));

        public int Value { get; set; }
    }
}
