using Metaflow.Errors;
using Metaflow.Python.PyPI.Versions;

namespace Metaflow.Python.Tests.PyPI.Versions;

public sealed class VersionSpecifierTests
{
    [Theory]
    [InlineData("~=2.2", "2.2 2.3 2.99.post1", "3.0 2.1 2.2.dev0 1!2.3")]
    [InlineData("~=2.2.post3", "2.2.post3 2.3", "2.2 3.0")]
    [InlineData("~=1.4.5a4", "1.4.5a4 1.4.5 1.4.9", "1.5 1.4.4")]
    [InlineData("~=2.2.0", "2.2.0 2.2.7", "2.3")]
    [InlineData("==1.*", "1.0 1 1.9.post1 1.0a1 1.5+local", "2.0 0.9 1!1.0")]
    [InlineData("==1.1.*", "1.1 1.1.post1 1.1a1", "1 1.2 1.10")]
    [InlineData("==1.0.0.*", "1 1.0a1 1.0.0.5", "1.0.1")]
    [InlineData("!=1.1.*", "1 1.2", "1.1 1.1.post1")]
    [InlineData("==1.1", "1.1 1.1.0 1.1+local", "1.1.post1 1.1a1 1.1.dev1")]
    [InlineData("==1.1+a.1", "1.1+a-1", "1.1 1.1+a.2")]
    [InlineData("!=1.1", "1.1.post1", "1.1.0 1.1+x")]
    [InlineData("<2.0", "1.9 1.9.post1", "2.0 2.0a1 2.0.dev1")]
    [InlineData("<2.0rc1", "2.0b1 1.9", "2.0rc1 2.0")]
    [InlineData(">1.7", "1.7.1 1.8.dev0 1.7.0.1", "1.7 1.7.0.post1 1.7+local 1.6")]
    [InlineData(">1.7.post2", "1.7.1 1.7.0.post3", "1.7.0 1.7.post2")]
    [InlineData("<=2.0", "2.0 2.0+local 2.0a1", "2.0.post1")]
    [InlineData(">=2.0", "2.0 2.0+x 2.0.post1", "2.0rc1 2.0.dev1")]
    [InlineData("===1.0", "1.0", "1.0.0 1.0+x")]
    [InlineData("== v1.0-RC1 ", "1.0rc1", "1.0")]
    public void A_constraint_is_satisfied_as_PEP_440_says(string text, string satisfying, string others)
    {
        Assert.True(VersionSpecifier.TryParse(text, out var specifier));
        Assert.All(satisfying.Split(' '), item => Assert.True(specifier.IsSatisfiedBy(PythonVersion.Parse(item)), item));
        Assert.All(others.Split(' '), item => Assert.False(specifier.IsSatisfiedBy(PythonVersion.Parse(item)), item));
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("=1.0")]
    [InlineData("=>1.0")]
    [InlineData("~=1")]
    [InlineData("~=1.*")]
    [InlineData(">=1.*")]
    [InlineData("<1.0+local")]
    [InlineData("==1.0a1.*")]
    [InlineData("==1.0+local.*")]
    [InlineData("===")]
    [InlineData("===1 2")]
    [InlineData("==1.*.*")]
    public void A_text_that_is_no_constraint_is_refused(string text)
    {
        Assert.False(VersionSpecifier.TryParse(text, out _));
        Assert.Equal("MF7070", Assert.Throws<EnvironmentException>(() => VersionSpecifierSet.Parse(text)).Code);
    }

    [Fact]
    public void Versions_before_a_release_are_taken_if_named_or_wanted_or_if_there_are_no_others()
    {
        PythonVersion[] versions = [.. "1.0 1.1a1 1.1 2.0b1".Split(' ').Select(PythonVersion.Parse)];
        string Choose(string set, bool? allow = null, int from = 0)
            => string.Join(' ', VersionSpecifierSet.Parse(set).Choose(versions[from..], allow));

        Assert.Equal("1.0 1.1", Choose(""));
        Assert.Equal("1.1a1 1.1 2.0b1", Choose(">=1.1a1"));
        Assert.Equal("1.0 1.1a1 1.1 2.0b1", Choose("", allow: true));
        Assert.Equal("2.0b1", Choose(">1.5", from: 2));
        Assert.Equal("", Choose(">1.5", allow: false, from: 2));
        Assert.False(VersionSpecifierSet.Parse("<2").Contains(PythonVersion.Parse("1.1a1")));
        Assert.True(VersionSpecifierSet.Parse("<2").Contains(PythonVersion.Parse("1.1a1"), allowPreReleases: true));
    }

    [Fact]
    public void Sets_are_written_in_the_order_of_their_texts_and_joined()
    {
        var set = VersionSpecifierSet.Parse(" >=1.2 , <2,>= 1.2,");
        Assert.Equal("<2,>=1.2", set.ToString());
        Assert.Equal("!=1.5,<2,>=1.2", set.And(VersionSpecifierSet.Parse("!=1.5,<2")).ToString());
        Assert.Equal(VersionSpecifierSet.Parse("<2,>=1.2"), set);
    }
}
