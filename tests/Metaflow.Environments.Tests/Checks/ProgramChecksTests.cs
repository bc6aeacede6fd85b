using Metaflow.Environments.Checks;
using Metaflow.Environments.Records;

namespace Metaflow.Environments.Tests.Checks;

/// <summary>What is known to go wrong with the packages of a step.</summary>
public sealed class ProgramChecksTests
{
    private static readonly string Framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    [Theory]
    [InlineData("1.0.0.0", true)]
    [InlineData("9999.0.0.0", false)]
    public void A_package_that_is_older_than_the_runtimes_own_assembly_is_known_to_be_ignored(string version, bool isIgnored)
    {
        var ignored = IgnoredAssembly.Of(Package("lib/net10.0/System.Text.Json.dll", version), [Framework]).ToList();

        // The warning MF7027.
        Assert.Equal(isIgnored, ignored.Count == 1);
        Assert.All(ignored, static assembly => Assert.Equal("System.Text.Json", assembly.Assembly));
    }

    [Fact]
    public void An_assembly_that_the_runtime_does_not_have_is_not_ignored()
        => Assert.Empty(IgnoredAssembly.Of(Package("lib/net10.0/Acme.dll", "1.0.0.0"), [Framework]));

    [Fact]
    public void What_was_found_is_read_as_it_was_stored()
    {
        var checks = new ProgramChecks(
            [new MissingMember("Acme", new Version(2, 0), new Version(1, 0), "string Acme.Lib.Later()", ["Flow.Start()"])],
            [new IgnoredAssembly("System.Text.Json", "8.0.0", "System.Text.Json", "10.0.0.0")]);

        var read = ProgramChecks.Read(checks.ToJson());

        Assert.Equal(checks.IgnoredPackages, read.IgnoredPackages);
        Assert.Equal("string Acme.Lib.Later()", Assert.Single(read.MissingMembers).Member);
        Assert.Equal(["Flow.Start()"], read.MissingMembers[0].ReferredBy);
    }

    private static NuGetPackage Package(string path, string assemblyVersion) => new("System.Text.Json", "8.0.0", "test")
    {
        ContentHash = "",
        Sha256 = new string('0', 64),
        Length = 1,
        Assets = [new NuGetAsset(NuGetAssetKind.Assembly, path) { AssemblyVersion = assemblyVersion }],
    };
}
