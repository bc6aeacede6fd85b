using System.Reflection;

namespace Metaflow.Tests.Reuse;

public sealed class CurrentReadsTests
{
    public static TheoryData<string> Properties
        => [.. typeof(Current).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(static property => property.Name)];

    [Theory]
    [MemberData(nameof(Properties))]
    public void Every_property_is_observed_or_is_said_to_have_no_effect(string name)
    {
        var places = new[]
        {
            CurrentReads.OfOneRun.Contains(name), CurrentReads.WithoutEffect.Contains(name), CurrentReads.Compared.ContainsKey(name),
        };
        Assert.True(
            places.Count(static isThere => isThere) == 1,
            $"Current.{name} has to be in one list of CurrentReads: may a result depend on it, and can another run give the same answer?");

        var current = Make();
        typeof(Current).GetProperty(name)!.GetValue(current);
        Assert.Equal(CurrentReads.OfOneRun.Contains(name), current.Reads.Unrepeatable is not null);
        Assert.Equal(CurrentReads.Compared.ContainsKey(name) ? [name] : Array.Empty<string>(), current.Reads.Answers(current).Keys);
    }

    [Fact]
    public void Public_methods_are_known()
    {
        // A child run belongs to the step's code; what is added here has to be observed, or to be one of these for a reason.
        var methods = typeof(Current).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(static method => !method.IsSpecialName).Select(static method => method.Name);
        Assert.Equal(
            ["Equals", "GetHashCode", "RunFlowAsync", "ToString"], methods.Where(static name => !name.StartsWith('<')).Distinct().Order());
    }

    [Fact]
    public void A_copy_is_observed_like_the_original()
    {
        var current = Make();
        _ = (current with { Attempt = 3 }).RunId;
        _ = (current with { Attempt = 3 }).Options;
        Assert.Equal(nameof(Current.RunId), current.Reads.Unrepeatable);
        Assert.Contains(nameof(Current.Options), current.Reads.Answers(current).Keys);
    }

    [Fact]
    public void The_text_of_all_depends_on_the_run()
    {
        var current = Make();
        _ = current.ToString();
        Assert.NotNull(current.Reads.Unrepeatable);
    }

    [Theory]
    [InlineData("level=2")]
    [InlineData("trigger=Up/2")]
    public void An_option_with_another_value_gives_another_answer(string option)
    {
        var names = new[] { nameof(Current.Options), nameof(Current.Trigger) };
        var before = CurrentReads.Answers(Make() with { FlowOptions = ["level=1", "trigger=Up/1"] }, names);
        var after = CurrentReads.Answers(Make() with { FlowOptions = [option] }, names);
        Assert.NotEqual(before, after);
    }

    private static Current Make() => new() { FlowName = "F", RunId = "1", StepName = "s", TaskId = "2", Attempt = 0 };
}
