using Metaflow.Environments.Requirements;

namespace Metaflow.Environments.Tests.Requirements;

/// <summary>A request has one form, and the hash that Metaflow's Conda V2 extension computes.</summary>
public sealed class EnvironmentRequestTests
{
    [Fact]
    public void A_request_of_conda_has_the_hash_of_the_extension()
    {
        var request = Of(new EnvironmentRequirement("")
        {
            Python = "3.11",
            Packages = Packages("conda", ("numpy", "1.21.5")).Concat(Packages("sys", ("__glibc", "2.27"))).ToDictionary(),
            Sources = Lists("conda", "https://conda.example/conda-forge"),
        });

        Assert.Equal("conda::numpy==1.21.5 conda::python==3.11.* sys::__glibc==2.27=0", string.Join(' ', request.Requirements));
        Assert.Equal("conda::conda-forge", Assert.Single(request.Sources).ToString());
        Assert.Equal("ff791fa13df1e9773998b31d857fd9225231da64", request.RequestId);
    }

    [Fact]
    public void Packages_of_NuGet_bring_the_framework_along_and_are_in_lower_case()
    {
        var request = Of(new EnvironmentRequirement("")
        {
            Packages = Packages("nuget", ("Newtonsoft.Json", "12.0.3"), ("Acme.Lib", "*"), ("Zeta", ">=1,<2")),
        });

        Assert.Equal(
            ["dotnet::net10.0", "nuget::acme.lib", "nuget::newtonsoft.json==[12.0.3]", "nuget::zeta==[1.0.0,2.0.0)"],
            request.Requirements.Select(static text => text.ToString()));
        Assert.Empty(request.Sources);
    }

    [Fact]
    public void The_version_of_NET_is_a_requirement_beside_the_framework()
    {
        var request = Of(new EnvironmentRequirement("")
        {
            Packages = Packages("dotnet", ("runtime", "10.0.13")).Concat(Packages("nuget", ("Acme.Lib", ""))).ToDictionary(),
        });

        Assert.Equal(["dotnet::net10.0", "dotnet::runtime==10.0.13", "nuget::acme.lib"], request.Requirements.Select(Text));
        Assert.Equal("net10.0", RuntimeRequirement.FrameworkOf(request.Requirements));
        Assert.Equal("10.0.13", RuntimeRequirement.VersionOf(request.Requirements));
    }

    [Fact]
    public void Without_packages_of_NuGet_the_framework_does_not_count()
        => Assert.Equal(
            ["pypi::a"], Of(new EnvironmentRequirement("") { Packages = Packages("pypi", ("a", "")) }).Requirements.Select(Text));

    [Fact]
    public void Constraints_and_markers_follow_the_name()
        => Assert.Equal(
            ["pypi::a", "pypi::b==1.2", "pypi::c==>=1,<2", "pypi::d;sys_platform == 'linux'", "pypi::e==1"],
            Of(new EnvironmentRequirement("")
            {
                Packages = Packages("pypi", ("e", "1.0"), ("d", ";sys_platform == 'linux'"), ("c", ">=1,<2"), ("b", "1.2"), ("a", "")),
            }).Requirements.Select(Text));

    [Fact]
    public void The_same_wish_has_the_same_hash_however_it_is_written()
    {
        static string Id(string constraint, string id)
            => Of(new EnvironmentRequirement("") { Packages = Packages("nuget", (id, constraint)) }).RequestId;

        Assert.Equal(Id("[12.0.3]", "newtonsoft.json"), Id("12.0.3", "Newtonsoft.Json"));
        Assert.Equal(Id(">=1,<2", "A"), Id("[1.0, 2.0)", "a"));
        Assert.NotEqual(Id("12.0.3", "A"), Id("12.0.4", "A"));
    }

    [Theory]
    [InlineData("nuget", "https://user:secret@feed.example/v3/index.json", "https://feed.example/v3/index.json")]
    [InlineData("nuget", "https://token@feed.example:8443", "https://feed.example:8443")]
    [InlineData("nuget", "https://feed.example/@scope/index.json", "https://feed.example/@scope/index.json")]
    [InlineData("nuget", "corporate", "corporate")]
    [InlineData("nuget", "/srv/feed", "/srv/feed")]
    [InlineData("pypi", "https://a:b@c@pypi.example/simple?x=@", "https://pypi.example/simple?x=@")]
    [InlineData("conda", "https://conda.example/t/label/x", "t")]
    [InlineData("conda", "https://u:p@other.example/forge", "https://other.example/forge")]
    public void Sources_lose_their_credentials(string category, string source, string expected)
    {
        var request = Of(new EnvironmentRequirement("") { Sources = Lists(category, source) });

        Assert.Equal($"{category}::{expected}", Assert.Single(request.Sources).ToString());
    }

    [Fact]
    public void Flags_and_unique_keys_are_kept()
    {
        var request = Of(new EnvironmentRequirement("")
        {
            Extras = Lists("pypi", "--pre", "--no-index", "--pre"),
            UniqueKeys = new Dictionary<string, string> { ["lock"] = "1" },
        });

        Assert.Equal(["pypi::--no-index", "pypi::--pre"], request.Extras.Select(Text));
        Assert.Equal("1", request.UniqueKeys["lock"]);
    }

    [Theory]
    [InlineData("1.0", "1")]
    [InlineData("1.0.0", "1")]
    [InlineData("0.0", "0")]
    [InlineData("2.0.post1", "2.post1")]
    [InlineData("3.10", "3.10")]
    [InlineData("1.0-1", "1.post1")]
    [InlineData("1!1.0", "1!1")]
    [InlineData("V1.0-ALPHA_2.dev", "1a2.dev0")]
    [InlineData("1.0pre", "1rc0")]
    [InlineData("1.0.rev3+Ubuntu-01", "1.post3+ubuntu.1")]
    [InlineData("01.02", "1.2")]
    [InlineData(">=1.0", ">=1.0")]
    [InlineData("1.0.*", "1.0.*")]
    [InlineData("1.0,<2", "1.0,<2")]
    [InlineData("", "")]
    [InlineData("1.0\n", "1")]
    [InlineData("١.0", "١.0")]
    public void A_version_of_Python_is_canonical_as_in_PEP_440(string text, string expected)
        => Assert.Equal(expected, PythonVersionText.Canonicalize(text));

    private static string Text(TypedText text) => text.ToString();

    private static EnvironmentRequest Of(EnvironmentRequirement requirement)
        => EnvironmentRequest.Of(requirement, "net10.0", "conda.example");

    private static Dictionary<string, IReadOnlyDictionary<string, string>> Packages(
        string category, params (string Name, string Constraint)[] packages)
        => new() { [category] = packages.ToDictionary(static one => one.Name, static one => one.Constraint) };

    private static Dictionary<string, IReadOnlyList<string>> Lists(string category, params string[] values)
        => new() { [category] = values };
}
