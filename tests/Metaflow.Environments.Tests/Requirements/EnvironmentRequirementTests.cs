using Metaflow.Environments.Requirements;
using Metaflow.Errors;

namespace Metaflow.Environments.Tests.Requirements;

/// <summary>Requirements are put together as Metaflow's Conda V2 extension does it.</summary>
public sealed class EnvironmentRequirementTests
{
    private static readonly EnvironmentRequirement Empty = new("[A] of step 'train'");

    [Theory]
    [InlineData("<2", "1.0", "<2,==1.0")]
    [InlineData("1.0", "<2", "1.0,<2")]
    [InlineData("1.0", "1.0", "1.0")]
    [InlineData("1.0", "==1.0", "1.0")]
    [InlineData("==1.0", "1.0", "==1.0")]
    [InlineData("*", "1.0", "1.0")]
    [InlineData("", "*", "")]
    [InlineData(">=1,<2", "<2,!=1.5", ">=1,<2,!=1.5")]
    [InlineData(">=1, <2", " ~=1.5", ">=1,<2,~=1.5")]
    public void Constraints_of_conda_add_up(string one, string other, string expected)
        => Assert.Equal(expected, Merge(With("conda", "a", one), With("conda", "a", other)).Packages["conda"]["a"]);

    [Theory]
    [InlineData("1.0", "<2", "1,<2")]
    [InlineData("2.0.post1", "", "2.post1")]
    [InlineData("3.10", "", "3.10")]
    [InlineData(">=1.0", "1.0.0", ">=1.0,==1")]
    public void Versions_of_PyPI_are_canonical(string one, string other, string expected)
        => Assert.Equal(expected, Merge(With("pypi", "a", one), With("pypi", "a", other)).Packages["pypi"]["a"]);

    [Fact]
    public void Packages_of_one_level_are_all_kept()
    {
        var merged = Merge(With("conda", "a", "1"), With("pypi", "b", "2"));

        Assert.Equal("1", merged.Packages["conda"]["a"]);
        Assert.Equal("2", merged.Packages["pypi"]["b"]);
    }

    [Fact]
    public void Constraints_of_NuGet_intersect_whatever_the_case_of_the_identifier()
    {
        var merged = Merge(With("nuget", "Acme.Lib", ">=1,<3"), With("nuget", "acme.lib", "[2.0,)"));

        Assert.Equal("[2.0.0,3.0.0)", Assert.Single(merged.Packages["nuget"]).Value);
    }

    [Fact]
    public void Constraints_of_NuGet_that_exclude_each_other_name_both_places()
    {
        var error = Assert.Throws<ConfigurationException>(() => EnvironmentRequirement.Merge(
            With("nuget", "Acme.Lib", "1.0") with { Place = "[NuGet] of step 'train'" },
            With("nuget", "acme.lib", "2.*") with { Place = "the file 'a.txt'" }));

        Assert.Equal("MF7105", error.Code);
        Assert.Equal(
            "[NuGet] of step 'train' asks for the package 'acme.lib' with the version '[1.0.0]', the file 'a.txt' with '2.*'.", error.What);
    }

    [Fact]
    public void A_constraint_of_NuGet_that_cannot_be_read_names_its_place()
    {
        var error = Assert.Throws<ConfigurationException>(() => Merge(Empty, With("nuget", "Acme.Lib", "newest")));

        Assert.Equal("MF7103", error.Code);
        Assert.StartsWith("The package 'Acme.Lib' in [B] of step 'train' has the version 'newest'.", error.What, StringComparison.Ordinal);
    }

    [Fact]
    public void What_one_of_a_level_says_counts()
    {
        var merged = Merge(
            Empty with { Name = "base", FetchAtExecution = true },
            new EnvironmentRequirement("[B]") { Python = "3.11", UniqueKeys = Pairs("k", "v") });

        Assert.Equal("base", merged.Name);
        Assert.Equal("3.11.*", merged.Python);
        Assert.True(merged.FetchAtExecution);
        Assert.False(merged.IsDisabled);
        Assert.Equal("v", merged.UniqueKeys["k"]);
        Assert.Equal("[A] of step 'train' and [B]", merged.Place);
    }

    [Fact]
    public void What_two_of_a_level_say_must_agree()
    {
        AssertDiffer("'3.10.*' and '3.11.*'", Empty with { Python = "3.10" }, Empty with { Python = "3.11" });
        AssertDiffer("'a' and 'b'", Empty with { Name = "a" }, Empty with { Name = "b" });
        AssertDiffer("'F/1/a' and 'F/1/b'", Empty with { Pathspec = "F/1/a" }, Empty with { Pathspec = "F/1/b" });
        AssertDiffer("'True' and 'False'", Empty with { FetchAtExecution = true }, Empty with { FetchAtExecution = false });
        AssertDiffer("'False' and 'True'", With("conda", "a", ""), Empty with { Disabled = true });

        Assert.Equal("3.11.*", Merge(Empty with { Python = "3.11" }, Empty with { Python = "==3.11.*" }).Python);
    }

    [Fact]
    public void A_step_takes_the_place_of_its_flow_package_by_package()
    {
        var flow = Empty with { Python = "3.10", Packages = Packages(("conda", "a", "1"), ("conda", "b", "1"), ("nuget", "X.Y", "1.0")) };
        var step = Empty with { Python = "3.11", Packages = Packages(("conda", "b", ">=2"), ("pypi", "c", ""), ("nuget", "x.y", "2.0")) };

        var both = EnvironmentRequirement.Override(flow, step);

        Assert.Equal("3.11.*", both.Python);
        Assert.Equal(Pairs("a", "1", "b", ">=2"), both.Packages["conda"]);
        Assert.Equal(Pairs("c", ""), both.Packages["pypi"]);
        Assert.Equal(Pairs("X.Y", "[2.0.0]"), both.Packages["nuget"]);
    }

    [Fact]
    public void Sources_are_united_and_flags_follow_each_other()
    {
        var flow = Empty with
        {
            Sources = Lists("conda", "x", "y"),
            Extras = Lists("pypi", "--pre"),
            UniqueKeys = Pairs("k", "1", "l", "1"),
        };
        var step = Empty with { Sources = Lists("conda", "y", "z"), Extras = Lists("pypi", "--no-index"), UniqueKeys = Pairs("k", "2") };

        foreach (var both in new[] { EnvironmentRequirement.Override(flow, step), EnvironmentRequirement.Merge(flow, step) })
        {
            Assert.Equal(["x", "y", "z"], both.Sources["conda"]);
            Assert.Equal(["--pre", "--no-index"], both.Extras["pypi"]);
            Assert.Equal(Pairs("k", "2", "l", "1"), both.UniqueKeys);
        }
    }

    [Fact]
    public void A_name_and_a_pathspec_exclude_each_other()
    {
        var (name, pathspec) = (Empty with { Name = "a" }, Empty with { Pathspec = "F/1/s" });
        var error = Assert.Throws<ConfigurationException>(() => Merge(Empty, name with { Pathspec = "F/1/s" }));

        Assert.Equal("MF7102", error.Code);
        Assert.Contains("[B] of step 'train'", error.What, StringComparison.Ordinal);
        Assert.All(
            [EnvironmentRequirement.Merge(name, pathspec), EnvironmentRequirement.Override(name, pathspec)],
            static later => Assert.Equal((null, "F/1/s"), (later.Name, later.Pathspec)));
        Assert.All(
            [EnvironmentRequirement.Merge(pathspec, name), EnvironmentRequirement.Override(pathspec, name)],
            static later => Assert.Equal(("a", null), (later.Name, later.Pathspec)));
    }

    [Fact]
    public void A_step_that_asks_for_something_is_enabled_although_its_flow_is_disabled()
    {
        var disabled = Empty with { Disabled = true };

        Assert.True(EnvironmentRequirement.Override(disabled, Empty).IsDisabled);
        Assert.False(EnvironmentRequirement.Override(disabled, With("conda", "a", "")).IsDisabled);
        Assert.False(EnvironmentRequirement.Override(disabled, Empty with { Packages = Packages() }).IsDisabled);
        Assert.True(EnvironmentRequirement.Override(With("conda", "a", ""), disabled).IsDisabled);
        Assert.Null(EnvironmentRequirement.Override(Empty, Empty).IsDisabled);
    }

    [Theory]
    [InlineData("3", "3.*")]
    [InlineData("3.11", "3.11.*")]
    [InlineData("==3.11", "3.11.*")]
    [InlineData(" 3.11.4 ", "3.11.4")]
    [InlineData("3.11.*", "3.11.*")]
    [InlineData(">=3.10,<3.12", ">=3.10,<3.12")]
    public void A_version_of_Python_of_two_numbers_means_any_such(string python, string expected)
        => Assert.Equal(expected, (Empty with { Python = python }).Normalize().Python);

    [Fact]
    public void Two_versions_of_NET_on_one_level_differ_and_that_of_the_step_takes_the_place_of_the_flows()
    {
        var (one, other) = (With("dotnet", "runtime", "10.0.13"), With("dotnet", "runtime", "10.0.14"));

        AssertDiffer("'10.0.13' and '10.0.14'", one, other);
        Assert.Equal("10.0.13", Merge(one, one).Packages["dotnet"]["runtime"]);
        Assert.Equal("10.0.14", EnvironmentRequirement.Override(one, other).Packages["dotnet"]["runtime"]);
    }

    private static EnvironmentRequirement Merge(EnvironmentRequirement one, EnvironmentRequirement other)
        => EnvironmentRequirement.Merge(one, other with { Place = other.Place.Replace("[A]", "[B]", StringComparison.Ordinal) });

    private static void AssertDiffer(string values, EnvironmentRequirement one, EnvironmentRequirement other)
    {
        var error = Assert.Throws<ConfigurationException>(() => Merge(one, other));

        Assert.Equal("MF7101", error.Code);
        Assert.StartsWith("[A] of step 'train' and [B] of step 'train' differ in ", error.What, StringComparison.Ordinal);
        Assert.EndsWith($": {values}.", error.What, StringComparison.Ordinal);
    }

    private static EnvironmentRequirement With(string category, string name, string constraint)
        => Empty with { Packages = Packages((category, name, constraint)) };

    private static Dictionary<string, IReadOnlyDictionary<string, string>> Packages(
        params (string Category, string Name, string Constraint)[] packages)
        => packages.Length == 0
            ? new() { ["pypi"] = new Dictionary<string, string>() }
            : packages.GroupBy(static package => package.Category).ToDictionary(
                static group => group.Key,
                IReadOnlyDictionary<string, string> (group) => group.ToDictionary(static one => one.Name, static one => one.Constraint));

    private static Dictionary<string, IReadOnlyList<string>> Lists(string category, params string[] values)
        => new() { [category] = values };

    private static Dictionary<string, string> Pairs(params string[] texts)
        => texts.Chunk(2).ToDictionary(static pair => pair[0], static pair => pair[1]);
}
