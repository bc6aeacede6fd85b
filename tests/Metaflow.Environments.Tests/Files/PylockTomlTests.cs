using System.Security.Cryptography;
using System.Text;
using Metaflow.Environments.Files;

namespace Metaflow.Environments.Tests.Files;

public sealed class PylockTomlTests
{
    private const string Whole = """
        lock-version = "1.0"
        created-by = "uv"
        requires-python = ">=3.10"

        [[packages]]
        name = "certifi"
        version = "2025.8.3"
        index = "https://index.example/simple"
        sdist = { url = "https://e.example/certifi.tar.gz", upload-time = 2025-08-03T03:07:47Z, size = 1, hashes = { sha256 = "ab" } }
        wheels = [{ url = "https://e.example/certifi-2025.8.3-py3-none-any.whl", size = 1, hashes = { sha256 = "cd" } }]

        [[packages]]
        name = "colorama"
        version = "0.4.0"
        marker = "sys_platform=='win32'"

        [[packages]]
        name = "lib"
        version = "1.0"
        vcs = { type = "git", url = "https://e.example/lib.git", requested-revision = "main", commit-id = "abc", subdirectory = "src&x" }

        [[packages]]
        name = "flash"
        archive = { url = "https://e.example/flash-1.0-py3-none-any.whl", hashes = { sha256 = "ef" } }
        """;

    [Fact]
    public void All_packages_are_asked_for_exactly()
    {
        var read = Parse(Whole);

        Assert.Equal(
            "certifi=2025.8.3\ncolorama=0.4.0;sys_platform == \"win32\"\nflash@https://e.example/flash-1.0-py3-none-any.whl=\n"
            + "lib@git+https://e.example/lib.git@abc#subdirectory=src%26x=",
            FileAssert.Packages(read, "pypi"));
        Assert.Equal(">=3.10", read.Requirement.Python);
    }

    [Fact]
    public void The_hash_of_the_file_counts_for_the_identity()
    {
        var read = Parse(Whole).Requirement;

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Whole))), read.UniqueKeys["pylock_content_hash"]);
        Assert.Equal(["pylock.toml"], read.FilePaths["pylock_toml"]);
    }

    [Theory]
    [InlineData("name = 'a'\ndirectory = { path = '.', editable = true }", "MF7112", "'pylock.toml' has 'a'.")]
    [InlineData("name = 'a'\nversion = '1'\ndirectory = { path = '../a' }", "MF7112", "'pylock.toml' has 'a'.")]
    [InlineData("name = 'a'\narchive = { path = 'a.whl' }", "MF7112", "'pylock.toml' has 'a'.")]
    [InlineData("name = 'a'\nvcs = { path = 'a', commit-id = 'b' }", "MF7112", "'pylock.toml' has 'a'.")]
    [InlineData("name = 'a'\nvcs = { url = 'https://a' }", "MF7115", "'packages[0].vcs.commit-id' in 'pylock.toml' is not the commit.")]
    [InlineData("name = 'a'", "MF7115", "'packages[0].version' in 'pylock.toml' is not the version")]
    [InlineData("version = '1'", "MF7115", "'packages[0].name' in 'pylock.toml' is not the name")]
    [InlineData("name = 'a b'\nversion = '1'", "MF7115", "'packages[0].name' in 'pylock.toml' is not the name")]
    [InlineData("name = 'a'\nversion = 1", "MF7115", "'packages[0].version' in 'pylock.toml' is not a text.")]
    [InlineData("name = 'a'\nversion = '1'\nmarker = 'x'", "MF7115", "'packages[0].marker' in 'pylock.toml' is not a marker")]
    public void What_cannot_be_kept_is_refused(string package, string code, string what)
        => FileAssert.Refused(code, what, () => Parse($"lock-version = '1.0'\n[[packages]]\n{package}"));

    [Theory]
    [InlineData("")]
    [InlineData("lock-version = '2.0'")]
    [InlineData("lock-version = 1.0")]
    public void Another_format_is_refused(string text)
        => FileAssert.Refused("MF7115", "'lock-version' in 'pylock.toml' is not", () => Parse(text));

    [Fact]
    public void Files_that_uv_wrote_are_read()
    {
        var extension = Environment.GetEnvironmentVariable("METAFLOW_PYTHON_EXTENSION");
        Assert.SkipWhen(string.IsNullOrEmpty(extension), "METAFLOW_PYTHON_EXTENSION does not name a clone of the extension.");
        var files = Directory.GetFiles(extension!, "pylock_from_uv*.toml", SearchOption.AllDirectories);

        Assert.NotEmpty(files);
        Assert.All(files, static path =>
        {
            var text = File.ReadAllText(path);
            var wanted = text.Split('\n').Count(static line => line.StartsWith("[[packages]]", StringComparison.Ordinal));
            Assert.Equal(wanted, PylockToml.Parse(InputFile.Read(path)).Requirement.Packages["pypi"].Count);
        });
    }

    private static FileRequirement Parse(string text) => PylockToml.Parse(InputFile.Of("pylock.toml", text));
}
