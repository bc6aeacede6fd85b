using Metaflow.Environments.Requirements;
using Metaflow.Errors;
using NuGet.Versioning;

namespace Metaflow.Environments.Tests.Requirements;

public sealed class NuGetConstraintTests
{
    private static readonly NuGetVersion[] Versions =
    [
        .. ("0.9.0 1.0.0-0 1.0.0-alpha 1.0.0-beta 1.0.0-beta.1 1.0.0-beta.2 1.0.0-rc.1 1.0.0 1.0.0.1 1.0.1-beta 1.0.1 1.1.0 1.4.4 "
            + "1.4.5-rc 1.4.5 1.4.6 1.5.0 1.9.9 2.0.0-beta 2.0.0-rc.1 2.0.0 2.0.1 2.1.0-beta 2.1.0 3.0.0-rc.2 3.0.0 12.0.3")
            .Split(' ').Select(NuGetVersion.Parse),
    ];

    private static readonly string[] Texts =
    [
        "", "*", "*-*", "*-rc*", "*-beta*", "1.*", "1.0.*", "1.0.0.*", "1.*-*", "1.*-beta*", "1.0.*-*", "1.0.0-*", "1.0.0-beta*",
        "1.0.0-beta.*", "1.0.0", "1.0.0-beta", "2.0.0", "12.0.3", "[1.0,2.0)", "[1.0,2.0]", "(1.0,2.0)", "(,2.0]", "(,2.0)", "[1.0,)",
        "(1.0,)", "[1.0-beta,2.0)", "[1.0,2.0-beta)", "[1.0,2.0-rc.1]", "[1.*,2.0)", "[*-*,2.0)", "[*, 1.4.5]", ">=1,<2",
        ">1.0.0-beta", "<2", "<=2.0.0-rc.1",
        "~=1.4.5", "~=1.4", "~=1.4.5-rc", "~=1.0.0.1", "==1.*", ">=1,1.*", "[1.2,)&*-*",
    ];

    [Theory]
    [InlineData("12.0.3", "[12.0.3]")]
    [InlineData(" 12.0.3 ", "[12.0.3]")]
    [InlineData("12", "[12.0.0]")]
    [InlineData("1.2.3.4", "[1.2.3.4]")]
    [InlineData("1.2.3.0", "[1.2.3]")]
    [InlineData("01.02", "[1.2.0]")]
    [InlineData("1.0.0-Beta.1+Build.5", "[1.0.0-beta.1]")]
    [InlineData("", "*")]
    [InlineData("  ", "*")]
    [InlineData("*", "*")]
    [InlineData("12.*", "12.*")]
    [InlineData("12.0.*", "12.0.*")]
    [InlineData("*-*", "*-*")]
    [InlineData("12.0.0-*", "12.0.0-*")]
    [InlineData("12.*-RC*", "12.*-rc*")]
    [InlineData("[1.0]", "[1.0.0]")]
    [InlineData("[1.0,2.0)", "[1.0.0,2.0.0)")]
    [InlineData("[ 1.0 , 2.0 )", "[1.0.0,2.0.0)")]
    [InlineData("[1.0,2.0+x)", "[1.0.0,2.0.0)")]
    [InlineData("(,2.0]", "(,2.0.0]")]
    [InlineData("[1.0,)", "[1.0.0,)")]
    [InlineData("[1.0-beta,2.0)", "[1.0.0-beta,2.0.0)")]
    [InlineData("[*,2.0)", "(,2.0.0)")]
    [InlineData("[1.*,1.5)", "[1.0.0,1.5.0)")]
    [InlineData("[*-*,2.0)", "(,2.0.0-0)")]
    [InlineData(">=1,<2", "[1.0.0,2.0.0)")]
    [InlineData(">= 1 , < 2", "[1.0.0,2.0.0)")]
    [InlineData("==1.2", "[1.2.0]")]
    [InlineData("===1.2", "[1.2.0]")]
    [InlineData("=1.2", "[1.2.0]")]
    [InlineData("==1.*", "1.*")]
    [InlineData("~=1.4.5", "[1.4.5,1.5.0)")]
    [InlineData("~=1.4", "[1.4.0,2.0.0)")]
    [InlineData("~=1.4.5-rc.1", "[1.4.5-rc.1,1.5.0)")]
    [InlineData("~=1.2.3.4", "[1.2.3.4,1.2.4)")]
    [InlineData(">=1.2,==1.4.*", "1.4.*")]
    [InlineData("1.0,<2", "[1.0.0]")]
    [InlineData("[1.2,)&*-*", "[1.2.0,)&*-*")]
    [InlineData("[1.2,2.0)&*-*", "[1.2.0,2.0.0-0)")]
    public void A_constraint_has_one_text(string text, string expected) => Assert.Equal(expected, Read(text).Text);

    [Fact]
    public void The_text_of_a_constraint_is_read_as_the_same_constraint()
        => Assert.All(Texts.SelectMany(static one => Texts.Select(other => Read(one).TryIntersect(Read(other)))), static constraint =>
        {
            if (constraint is not null)
            {
                var again = Read(constraint.Text);
                Assert.Equal(constraint.Text, again.Text);
                Assert.Equal(Satisfying(constraint), Satisfying(again));
            }
        });

    [Theory]
    [InlineData("*", "0.9.0 1.0.0 2.0.0", "2.0.0-rc.1")]
    [InlineData("*-*", "0.9.0 3.0.0-rc.2", "")]
    [InlineData("1.0.0", "1.0.0 1.0.0+build", "1.0.0-rc.1 1.0.0.1 1.0.1")]
    [InlineData("1.0.0-beta", "1.0.0-BETA", "1.0.0 1.0.0-beta.1")]
    [InlineData("1.*", "1.0.0 1.9.9", "0.9.0 1.0.1-beta 2.0.0-rc.1 2.0.0")]
    [InlineData("1.*-*", "1.0.0-alpha 1.0.1-beta 1.9.9", "2.0.0-beta 2.0.0")]
    [InlineData("1.0.0-*", "1.0.0-alpha 1.0.0", "1.0.1-beta 1.0.1")]
    [InlineData("1.0.0-beta*", "1.0.0-beta 1.0.0-beta.2 1.0.0", "1.0.0-alpha 1.0.0-rc.1 1.0.1")]
    [InlineData("[1.0,2.0)", "1.0.0 1.9.9", "1.0.0-rc.1 1.0.1-beta 2.0.0-beta 2.0.0")]
    [InlineData("[1.0-beta,2.0)", "1.0.0-beta 1.0.1-beta 1.9.9", "1.0.0-alpha 2.0.0-beta 2.0.0")]
    [InlineData("[1.0,2.0-rc.1]", "2.0.0-rc.1 2.0.0-beta 1.0.1-beta", "2.0.0 1.0.0-rc.1")]
    [InlineData("(1.0,2.0]", "1.0.0.1 2.0.0", "1.0.0 2.0.1 2.0.0-rc.1")]
    [InlineData("~=1.4.5", "1.4.5 1.4.6", "1.4.4 1.5.0 1.4.5-rc")]
    public void A_version_satisfies_a_constraint_or_not(string text, string satisfying, string other)
    {
        var constraint = Read(text);

        Assert.All(Parse(satisfying), version => Assert.True(constraint.IsSatisfiedBy(version), $"{version}"));
        Assert.All(Parse(other), version => Assert.False(constraint.IsSatisfiedBy(version), $"{version}"));
    }

    [Fact]
    public void What_satisfies_both_constraints_satisfies_their_intersection_and_nothing_else()
        => Assert.All(Texts.SelectMany(static one => Texts.Select(other => (Read(one), Read(other)))), static pair =>
        {
            var (one, other) = pair;
            var both = one.TryIntersect(other);
            var releases = Versions.Where(version => !version.IsPrerelease && one.IsSatisfiedBy(version) && other.IsSatisfiedBy(version));
            Assert.Equal(releases, both is null ? [] : Satisfying(both).Where(static version => !version.IsPrerelease));
            Assert.Equal(both?.Text, other.TryIntersect(one)?.Text);
            Assert.All(
                Versions.Where(version => one.IsSatisfiedBy(version) && other.IsSatisfiedBy(version)),
                version => Assert.True(both!.IsSatisfiedBy(version), $"{version} satisfies {one} and {other}, not {both}"));
        });

    [Fact]
    public void The_order_of_three_constraints_does_not_matter()
        => Assert.All(
            from one in Texts.Where(static (_, index) => index % 3 == 0)
            from other in Texts.Where(static (_, index) => index % 2 == 1)
            from third in Texts.Where(static (_, index) => index % 3 == 1)
            select (one, other, third),
            static texts =>
            {
                var (one, other, third) = (Read(texts.one), Read(texts.other), Read(texts.third));
                var left = one.TryIntersect(other)?.TryIntersect(third);
                var right = other.TryIntersect(third) is { } last ? one.TryIntersect(last) : null;
                Assert.True(
                    (left is null ? [] : Satisfying(left)).SequenceEqual(right is null ? [] : Satisfying(right)),
                    $"{texts}: {left} {right}");
            });

    [Theory]
    [InlineData("12.*", "[12.0.1,)", "[12.0.1,13.0.0)")]
    [InlineData("12.*", "[1.0,20.0)", "12.*")]
    [InlineData("[1.0,20.0)", "12.*", "12.*")]
    [InlineData("12.*", "[12.0,13.0)", "12.*")]
    [InlineData("[1.0,2.0)", "1.5.0-beta", "[1.5.0-beta]")]
    [InlineData("[1.0-beta,2.0)", "[1.2,3.0)", "[1.2.0,2.0.0-0)")]
    [InlineData("[1.0-beta,3.0)", "[1.2,2.0]", "[1.2.0,2.0.0]&*-*")]
    [InlineData("*", "*-*", "*-*")]
    [InlineData("*-rc*", "*-rc.1*", "*-rc*&*-rc.1*")]
    [InlineData("*-rc*", "[1.0,)", "[1.0.0,)&*-rc*")]
    [InlineData("", "1.0", "[1.0.0]")]
    public void Two_constraints_become_one(string one, string other, string expected)
        => Assert.Equal(expected, Read(one).Intersect(Read(other), "X").Text);

    [Theory]
    [InlineData("1.0.0", "2.0.0")]
    [InlineData("1.*", "2.*")]
    [InlineData("[1.0,2.0)", "2.0.0")]
    [InlineData("[1.0,2.0)", "[2.0,3.0)")]
    [InlineData("[1.0,2.0)", "2.0.0-rc.1")]
    [InlineData("(,1.0)", "1.*")]
    [InlineData("1.0.0-beta", "*-rc*")]
    public void Constraints_that_no_version_satisfies_are_both_named(string one, string other)
    {
        var error = Assert.Throws<ConfigurationException>(() => Read(one).Intersect(Read(other), "The package 'A'"));

        Assert.Equal("MF7105", error.Code);
        Assert.Equal($"The package 'A' has the constraints '{Read(one)}' and '{Read(other)}'.", error.What);
    }

    [Fact]
    public void NuGet_takes_the_highest_version_that_satisfies_a_constraint()
    {
        // Every subset of a few versions is a feed.
        var random = new Random(7);
        foreach (var text in Texts)
        {
            var constraint = Read(text);
            var range = VersionRange.Parse(constraint.ForRestore);
            for (var feed = 0; feed < 300; feed++)
            {
                var offered = Versions.Where(_ => random.Next(2) == 0).ToList();
                var best = offered.Where(constraint.IsSatisfiedBy).Max();
                var taken = range.FindBestMatch(offered);

                // Where nothing satisfies, NuGet may take another one, which the check finds.
                var satisfying = taken is not null && constraint.IsSatisfiedBy(taken) ? taken : null;
                Assert.True(best == satisfying, $"{text} ({range}) of {string.Join(' ', offered)}: {taken} instead of {best}");
            }
        }
    }

    [Theory]
    [InlineData("12.0.3", "[12.0.3]")]
    [InlineData("", "*")]
    [InlineData("*-*", "*-*")]
    [InlineData("12.*", "12.*")]
    [InlineData("[1.0,2.0)", "[*, 2.0.0)")]
    [InlineData("[1.0,2.0]", "[*, 2.0.0]")]
    [InlineData("[1.0-beta,2.0)", "[*-*, 2.0.0-0)")]
    [InlineData("[1.0,)", "*")]
    [InlineData("[1.0-beta,)", "*-*")]
    [InlineData("[1.0,)&*-rc*", "*-rc*")]
    public void Restore_gets_a_text_that_floats(string text, string expected) => Assert.Equal(expected, Read(text).ForRestore);

    [Theory]
    [InlineData("1.2.x")]
    [InlineData("latest")]
    [InlineData("1.2.3.4.5")]
    [InlineData("99999999999")]
    [InlineData("2147483647.*")]
    [InlineData("[1.0")]
    [InlineData("[,]")]
    [InlineData("(1.*,2.0)")]
    [InlineData("[1.0,2.*]")]
    [InlineData("~=1")]
    [InlineData("~=1.*")]
    [InlineData(">=1.*")]
    [InlineData(">=")]
    [InlineData("1.0,")]
    [InlineData("&")]
    [InlineData("^1.2")]
    [InlineData("1.0 || 2.0")]
    [InlineData("1.0.0-ü")]
    [InlineData("\0")]
    public void What_is_no_constraint_is_refused(string text)
    {
        var error = Assert.Throws<ConfigurationException>(() => Read(text));

        Assert.Equal("MF7103", error.Code);
        Assert.StartsWith($"The package 'A' has the version '{text.Replace('\0', '\uFFFD')}'.", error.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("!=1.0", "MF7104")]
    [InlineData(">=1,!=1.5", "MF7104")]
    [InlineData(">=2,<1", "MF7105")]
    [InlineData("1.0,2.0", "MF7105")]
    [InlineData("1.*&2.*", "MF7105")]
    public void What_cannot_be_satisfied_is_refused(string text, string code)
        => Assert.Equal(code, Assert.Throws<ConfigurationException>(() => Read(text)).Code);

    [Fact]
    public void A_long_text_is_shortened_in_the_message()
        => Assert.InRange(Assert.Throws<ConfigurationException>(() => Read(new string('a', 1_000_000))).Message.Length, 1, 600);

    private static NuGetConstraint Read(string text) => NuGetConstraint.Parse(text, "The package 'A'");

    private static IEnumerable<NuGetVersion> Parse(string versions)
        => versions.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(NuGetVersion.Parse);

    private static IEnumerable<NuGetVersion> Satisfying(NuGetConstraint constraint) => Versions.Where(constraint.IsSatisfiedBy);
}
