using System.Security.Cryptography;
using System.Text;
using Metaflow.Environments.Files;

namespace Metaflow.Environments.Tests.Files;

public sealed class LockFileTests
{
    private const string Text = """
        {
          "version": 1,
          "dependencies": {
            "net8.0": {
              "Newtonsoft.Json": { "type": "Direct", "requested": "[12.0.3, )", "resolved": "12.0.3", "contentHash": "abc==" }
            },
            "net10.0": {
              "Newtonsoft.Json": { "type": "Direct", "requested": "[13.0.1, )", "resolved": "13.0.1", "contentHash": "def==" },
              "Acme.Lib": { "type": "Transitive", "resolved": "1.0.0-Beta.1", "contentHash": "ghi==", "dependencies": { "X": "1.0" } },
              "acme.projects.lib": { "type": "Project", "dependencies": { "Acme.Lib": "[1.0.0, )" } }
            },
            "net10.0/linux-x64": {
              "Acme.Native.Linux": { "type": "Transitive", "resolved": "2.0.0", "contentHash": "jkl==" }
            },
            "net48": {}
          }
        }
        """;

    [Fact]
    public void All_packages_of_a_framework_are_asked_for_exactly_and_their_hashes_are_kept()
    {
        var read = Parse(Text, "net10.0");

        Assert.Equal("Acme.Lib=[1.0.0-beta.1]\nNewtonsoft.Json=[13.0.1]", FileAssert.Packages(read, "nuget"));
        Assert.Equal("ghi==", read.ContentHashes["acme.lib/1.0.0-beta.1"]);
        Assert.Equal("def==", read.ContentHashes["newtonsoft.json/13.0.1"]);
        Assert.Contains("acme.projects.lib", Assert.Single(read.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void The_hash_of_the_file_counts_for_the_identity()
    {
        var read = Parse(Text, "net10.0");

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));
        Assert.Equal(hash, read.Requirement.UniqueKeys["nuget_lock_content_hash"]);
        Assert.Equal(["packages.lock.json"], read.Requirement.FilePaths["nuget"]);
    }

    [Fact]
    public void The_packages_of_a_kind_of_machine_are_added()
        => Assert.Equal(
            "Acme.Lib=[1.0.0-beta.1]\nAcme.Native.Linux=[2.0.0]\nNewtonsoft.Json=[13.0.1]",
            FileAssert.Packages(Parse(Text, "net10.0", "linux-x64"), "nuget"));

    [Fact]
    public void A_lower_framework_counts_where_the_program_s_own_is_missing()
    {
        var read = Parse(Text, "net9.0");

        Assert.Equal("Newtonsoft.Json=[12.0.3]", FileAssert.Packages(read, "nuget"));
        Assert.Contains("those for net8.0 are taken", Assert.Single(read.Notes), StringComparison.Ordinal);
        Assert.Contains("those for net10.0 are taken", Parse(Text, "net11.0").Notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_framework_that_runs_the_file_is_refused()
        => Assert.Contains(
            "net8.0, net10.0",
            FileAssert.Refused("MF7117", "'packages.lock.json' has no packages for net6.0.", static () => Parse(Text, "net6.0")).Why,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("""{ "dependencies": [] }""")]
    [InlineData("""{ "dependencies": { "net10.0": [] } }""")]
    [InlineData("""{ "dependencies": { "net10.0": { "A": 1 } } }""")]
    [InlineData("""{ "dependencies": { "net10.0": { "A": { "type": "Direct" } } } }""")]
    [InlineData("""{ "dependencies": { "net10.0": { "A": { "type": "Direct", "resolved": 1 } } } }""")]
    [InlineData("""{ "dependencies": { "net10.0": { "A": { "type": "Direct", "resolved": "[1.0]" } } } }""")]
    [InlineData("""{ "dependencies": { "net10.0": { "a/b": { "type": "Direct", "resolved": "1.0" } } } }""")]
    public void What_is_no_lock_file_is_refused(string text)
        => FileAssert.Refused("MF7115", "'packages.lock.json' is no lock file of NuGet.", () => Parse(text, "net10.0"));

    private static FileRequirement Parse(string text, string framework, string? runtime = null)
        => LockFile.Parse(InputFile.Of("packages.lock.json", text), framework, runtime);
}
