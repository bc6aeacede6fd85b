using Metaflow.Errors;
using Metaflow.Python.PyPI.Versions;

namespace Metaflow.Python.Tests.PyPI.Versions;

public sealed class PythonVersionTests
{
    // Each is before the next; those of one line are equal.
    private static readonly string[][] Ordered =
    [
        ["1.dev0", "1.0.dev0", "1.0dev", "1.0-DEV"], ["1.0.dev456"], ["1.0a1.dev1"], ["1.0a1", "1.0alpha1", "v1.0.0-Alpha_1"],
        ["1.0a2.dev456"], ["1.0a12.dev456"], ["1.0a12"], ["1.0b1.dev456"], ["1.0b2", "1.0.beta2"], ["1.0b2.post345.dev456"],
        ["1.0b2.post345", "1.0b2-345"], ["1.0rc1.dev456"], ["1.0rc1", "1.0c1", "1.0pre1", "1.0-preview-1"],
            ["1.0", "1", "1.0.0", " v1.0\n"],
        ["1.0+abc"], ["1.0+abc.5", "1.0+ABC-5", "1.0+abc_05"], ["1.0+abc.7"], ["1.0+5"], ["1.0+5.0"], ["1.0.post456.dev34"],
        ["1.0.post456", "1.0-456", "1.0.rev456", "1.0r456"], ["1.0.15"], ["1.1.dev1"], ["1.1"], ["1.10"], ["2023.01.15", "2023.1.15"],
        ["123456789012345678901234567890"], ["1!0.1"], ["1!1.0"], ["2!0"],
    ];

    [Fact]
    public void Versions_have_the_order_of_PEP_440()
    {
        for (var i = 0; i < Ordered.Length; i++)
        {
            for (var j = 0; j < Ordered.Length; j++)
            {
                var pairs = Ordered[i].SelectMany(_ => Ordered[j], static (one, other) => (one, other));
                Assert.All(pairs, pair => Assert.Equal(
                    Math.Sign(i.CompareTo(j)), Math.Sign(PythonVersion.Parse(pair.one).CompareTo(PythonVersion.Parse(pair.other)))));
            }
        }
    }

    [Fact]
    public void Equal_versions_have_one_canonical_text_and_hash()
        => Assert.All(Ordered, static equal => Assert.Single(
            equal.Select(PythonVersion.Parse).Select(static version => (version.ToCanonicalString(), version.GetHashCode())).Distinct()));

    [Theory]
    [InlineData("1.0", "1.0", "1")]
    [InlineData("01.02.0", "1.2.0", "1.2")]
    [InlineData("0.0", "0.0", "0")]
    [InlineData("2.0.post1", "2.0.post1", "2.post1")]
    [InlineData("3.10", "3.10", "3.10")]
    [InlineData("v1!2.0-ALPHA.3-r4-dev_5+Ubuntu-01", "1!2.0a3.post4.dev5+ubuntu.1", "1!2a3.post4.dev5+ubuntu.1")]
    [InlineData("1.0a", "1.0a0", "1a0")]
    [InlineData("1.0.post", "1.0.post0", "1.post0")]
    public void A_version_is_written_in_its_normal_and_canonical_form(string text, string normal, string canonical)
    {
        var version = PythonVersion.Parse(text);
        Assert.Equal(normal, version.ToString());
        Assert.Equal(canonical, version.ToCanonicalString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("french toast")]
    [InlineData("1.0+a+b")]
    [InlineData("1.0+_foobar")]
    [InlineData("1.0+foo&asd")]
    [InlineData("1..0")]
    [InlineData("1.0-")]
    [InlineData("1.0a1b1")]
    [InlineData("1.*")]
    [InlineData("١.٠")]
    public void A_text_that_is_no_version_is_refused(string text)
    {
        Assert.False(PythonVersion.TryParse(text, out _));
        Assert.Equal("MF7070", Assert.Throws<EnvironmentException>(() => PythonVersion.Parse(text)).Code);
    }

    [Fact]
    public void A_version_knows_its_parts()
    {
        var version = PythonVersion.Parse("3.11.2rc1.dev4+local");
        Assert.Equal("3.11", version.MajorAndMinor);
        Assert.True(version.IsPreRelease);
        Assert.Equal("3.11.2rc1.dev4", version.WithoutLocal().ToString());
        Assert.Equal("3.11.2", version.ToRelease().ToString());
        Assert.Equal(0, PythonVersion.Parse("3").Minor);
    }
}
