using Metaflow.Errors;
using Metaflow.Python.Conda.Versions;

namespace Metaflow.Python.Tests.Conda.Versions;

public sealed class VersionSpecTests
{
    [Theory]
    [InlineData("3.11", "3.11.0", true)]
    [InlineData("3.11", "3.11.2", false)]
    [InlineData("==3.11", "3.11.0", true)]
    [InlineData("==3.11", "3.11.2", false)]
    [InlineData("=3.11", "3.11.2", true)]
    [InlineData("3.11.*", "3.11.2", true)]
    [InlineData("3.11*", "3.11.2", true)]
    [InlineData("3.*.*", "3.11.2", true)]
    [InlineData("~=1.4.5", "1.4.9", true)]
    [InlineData("~=1.4.5", "1.5.0", false)]
    [InlineData("~=1.4.5", "1.4.4", false)]
    [InlineData("~=1.4", "1.9", true)]
    [InlineData("~=1.4", "2.0", false)]
    [InlineData("~=1", "7.0", true)]
    [InlineData("!=1.2.*", "1.2.3", false)]
    [InlineData("!=1.2.*", "1.3", true)]
    [InlineData("!=1.2", "1.2.0", false)]
    [InlineData(">=1.0", "1.0dev1", false)]
    [InlineData(">=1.0", "1.0", true)]
    [InlineData(">=1.8,<2|==1.7", "1.7", true)]
    [InlineData(">=1.8,<2|==1.7", "1.9", true)]
    [InlineData(">=1.8,<2|==1.7", "2.0", false)]
    [InlineData("==1.7|>=1.8,<2", "1.7.5", false)]
    [InlineData("(1.5|(1.6|1.7),1.7),<=1.7", "1.7", true)]
    [InlineData("(1.5|(1.6|1.7),1.7),<=1.7", "1.6", false)]
    [InlineData(">= 1.2 , < 2", "1.5", true)]
    [InlineData(">=1.2.*", "1.2.5", true)]
    [InlineData(">1.2.*", "1.2.5", true)]
    [InlineData("<=1.2.*", "1.2.0", true)]
    [InlineData(">=2018.*.*", "2019.1", true)]
    [InlineData(@"^1\.[24]\..*$", "1.4.2", true)]
    [InlineData(@"^1\.[24]\..*$", "1.3.2", false)]
    [InlineData("1.*.3", "1.7.3", true)]
    [InlineData("1.*.3", "1.7.4", false)]
    [InlineData("*", "0", true)]
    [InlineData("*.*", "7.1", true)]
    [InlineData(">=*", "7.1", true)]
    [InlineData("1!2.*", "1!2.5", true)]
    [InlineData("1.1.1a", "1.1.1a", true)]
    [InlineData(">=1.1.1a,<1.1.2a", "1.1.1w", true)]
    public void A_version_satisfies_a_constraint(string spec, string version, bool does)
        => Assert.Equal(does, VersionSpec.Parse(spec).Matches(CondaVersion.Parse(version)));

    [Theory]
    [InlineData("")]
    [InlineData(">=")]
    [InlineData("1.2,")]
    [InlineData("|1.2")]
    [InlineData("<>1.2")]
    [InlineData("===1.2")]
    [InlineData("(1.2")]
    [InlineData("1.2)")]
    [InlineData("^1.2")]
    [InlineData("^(1.2$")]
    [InlineData("!=*")]
    [InlineData(">1.*.2")]
    [InlineData("1.2 3.4")]
    public void A_text_that_is_no_constraint_is_refused_with_a_code(string text)
        => Assert.Equal("MF7050", Assert.Throws<EnvironmentException>(() => VersionSpec.Parse(text)).Code);

    [Fact]
    public void A_constraint_nested_without_end_is_refused()
        => Assert.Equal(
            "MF7050", Assert.Throws<EnvironmentException>(() => VersionSpec.Parse(new string('(', 100_000) + "1")).Code);

    [Theory]
    [InlineData("=1.2", "1.2.*")]
    [InlineData("1.2", "==1.2")]
    [InlineData(">=1.8 , <2|1.7", ">=1.8,<2|==1.7")]
    [InlineData("(1|2),>0", "(==1|==2),>0")]
    [InlineData("!=1.2.*", "!=1.2.*")]
    public void A_constraint_is_written_in_one_way(string text, string canonical)
    {
        Assert.Equal(canonical, VersionSpec.Parse(text).ToString());
        Assert.Equal(canonical, VersionSpec.Parse(canonical).ToString());
    }
}
