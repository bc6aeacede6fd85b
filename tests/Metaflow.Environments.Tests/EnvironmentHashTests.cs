using Metaflow.Environments.Records;

namespace Metaflow.Environments.Tests;

/// <summary>The hashes of environments are those of Metaflow's Conda V2 extension.</summary>
public sealed class EnvironmentHashTests
{
    [Theory]
    [InlineData("conda::numpy==1.21.5 conda::python==3.11.* sys::__glibc==2.27=0", "conda::conda-forge", "ff791fa13df1e9773998b31d857fd9225231da64")]
    public void Requirements_hash_as_in_the_extension(string requirements, string sources, string expected)
        => Assert.Equal(expected, EnvironmentHash.OfRequest(Texts(requirements), Texts(sources)));

    [Fact]
    public void Packages_hash_as_in_the_extension()
    {
        Assert.Equal("0719945473724e8bd5c847d6344a814cfd6b5552", EnvironmentHash.OfPackages([Package("b-1.0-0", "bb"), Package("a-1.0-0", "aa")], "linux-64"));
        Assert.Equal(
            "3003bc2b950202ce0c6aa738b44b867ca1aaa3ca",
            EnvironmentHash.OfPackages(
                [Package("a-1.0-0", "aa")], "linux-64", new Dictionary<string, string> { ["uv_lock_content_hash"] = "zz" }));
    }

    [Fact]
    public void Architectures_that_are_resolved_together_share_a_hash()
        => Assert.Equal(
            "41fddaef3487b5647340e7162b3c136e40764588",
            EnvironmentHash.OfSeveral(
            [
                new("osx-arm64", [Package("a-1.0-0", "osx-arm64")]),
                new("linux-64", [Package("a-1.0-0", "linux-64")]),
            ]));

    private static IEnumerable<TypedText> Texts(string texts) => texts.Split(' ').Select(static text => TypedText.TryParse(text)!);

    private static FakePackage Package(string name, string hash) => new(name, hash);

    private sealed record FakePackage(string FileName, string? GivenHash) : LockedPackage(FileName, "")
    {
        public override string Category => Categories.Conda;

        public override string? Hash => GivenHash;

        public override string Name => FileName;

        public override string Version => "";
    }
}
