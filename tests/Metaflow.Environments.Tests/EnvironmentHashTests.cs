using Metaflow.Environments.Records;

namespace Metaflow.Environments.Tests;

/// <summary>The hashes of environments are those of Metaflow's Conda V2 extension.</summary>
public sealed class EnvironmentHashTests
{
    // The extension's documentation has environments that differ in some requirements.
    private const string Shared = "conda::requests==>=2.21.0 conda::boto3==>=1.14.0 conda::cffi==>=1.13.0,!=1.15.0 "
        + "conda::pyarrow==>=0.17.1 conda::python==>=3.8,<3.9";

    [Theory]
    [InlineData("conda::numpy==1.21.5 conda::python==3.11.* sys::__glibc==2.27=0", "ff791fa13df1e9773998b31d857fd9225231da64")]
    [InlineData($"{Shared} conda::fastavro==>=1.6.0 conda::pandas==1.4.0,>=0.24.0", "42a4ed94b63f12e1fe9dd29de21bf9ec6e271b1c")]
    [InlineData($"{Shared} conda::fastavro==>=1.6.0 conda::pandas==1.5.0,>=0.24.0", "3e07a415e7766b8ed359f00e5f48e35ec79ac056")]
    [InlineData(
        $"conda::numpy==1.21.5 {Shared} conda::fastavro==>=1.6.0 conda::pandas==>=0.24.0", "d49465b2b45996e40aad1f3aaf00cba553a0f085")]
    [InlineData($"{Shared} conda::pandas==1.4.0,>=0.24.0", "b7b01560a5e30245d7aa963834acc9c4fd199674")]
    public void Requirements_hash_as_in_the_extension(string requirements, string expected)
        => Assert.Equal(expected, EnvironmentHash.OfRequest(Texts(requirements), Texts("conda::conda-forge")));

    [Fact]
    public void Packages_hash_as_in_the_extension()
    {
        Assert.Equal(
            "0719945473724e8bd5c847d6344a814cfd6b5552",
            EnvironmentHash.OfPackages([Package("b-1.0-0", "bb"), Package("a-1.0-0", "aa")], "linux-64"));
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

        public override string ContentKey => FileName;

        public override string? Hash => GivenHash;

        public override string Name => FileName;

        public override string Version => "";
    }
}
