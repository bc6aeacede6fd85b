using System.Text;
using Metaflow.Environments.Files;

namespace Metaflow.Environments.Tests.Files;

public sealed class RequirementFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("metaflow-files-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Each_format_is_read_by_its_parser()
    {
        Assert.Equal("a=", FileAssert.Packages(RequirementFiles.ReadRequirements(Write("r.txt", "a")), "pypi"));
        Assert.Equal("a=", FileAssert.Packages(RequirementFiles.ReadYaml(Write("e.yml", "dependencies:\n- a"), "linux-64"), "conda"));
        Assert.Equal("a=", FileAssert.Packages(ReadProject("pyproject.toml", "[project]\ndependencies = ['a']"), "pypi"));
        Assert.Equal(
            "a=1",
            FileAssert.Packages(
                ReadProject("pylock.toml", "lock-version = '1.0'\npackages = [{ name = 'a', version = '1.0' }]"), "pypi"));
        foreach (var (name, text) in new[]
        {
            ("F.fsproj", "<Project><ItemGroup><PackageReference Include='A' Version='1' /></ItemGroup></Project>"),
            ("Directory.Packages.props", "<Project><ItemGroup><PackageVersion Include='A' Version='1' /></ItemGroup></Project>"),
            ("packages.lock.json", """{ "dependencies": { "net10.0": { "A": { "type": "Direct", "resolved": "1.0" } } } }"""),
        })
        {
            Assert.Equal("A=[1.0.0]", FileAssert.Packages(ReadProject(name, text), "nuget"));
        }
    }

    [Fact]
    public void Another_file_is_no_project()
        => FileAssert.Refused("MF7115", $"'{Path.Combine(_folder.FullName, "x.txt")}' is no project.", () => ReadProject("x.txt", "a"));

    [Fact]
    public void Texts_of_several_encodings_are_read()
    {
        foreach (var encoding in new Encoding[]
            { new UTF8Encoding(false), new UTF8Encoding(true), Encoding.Unicode, Encoding.BigEndianUnicode })
        {
            var path = Path.Combine(_folder.FullName, "r.txt");
            File.WriteAllText(path, "--nuget-pkg Schrödinger==1\r\n", encoding);

            Assert.Equal("Schrödinger=[1.0.0]", FileAssert.Packages(RequirementFiles.ReadRequirements(path), "nuget"));
        }
    }

    [Fact]
    public void What_is_not_text_is_refused()
    {
        AssertUnreadable("It is a binary file.", [.. "a==1"u8, 0]);
        AssertUnreadable("It is not text in UTF-8.", [0x61, 0xE4, 0x0A]);
        AssertUnreadable("It is not text in UTF-8.", [0xFF, 0xFE, 0x61]);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_refused()
    {
        FileAssert.Refused("MF7110", "The file", () => RequirementFiles.ReadRequirements(Path.Combine(_folder.FullName, "none.txt")));
        Assert.Equal(
            "It is a folder.",
            FileAssert.Refused("MF7110", "The file", () => RequirementFiles.ReadRequirements(_folder.FullName)).Why);
        FileAssert.Refused("MF7110", "The file", static () => RequirementFiles.ReadYaml("", "linux-64"));
        FileAssert.Refused("MF7110", "The file", static () => RequirementFiles.ReadYaml("\0", "linux-64"));
    }

    private FileRequirement ReadProject(string name, string text) => RequirementFiles.ReadProject(Write(name, text), "net10.0");

    private void AssertUnreadable(string why, byte[] bytes)
    {
        var path = Path.Combine(_folder.FullName, "r.txt");
        File.WriteAllBytes(path, bytes);

        Assert.Equal(why, FileAssert.Refused("MF7110", $"The file '{path}' cannot", () => RequirementFiles.ReadRequirements(path)).Why);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
