using Metaflow.Environments.Files;

namespace Metaflow.Environments.Tests.Files;

public sealed class ProjectTomlTests
{
    [Fact]
    public void A_whole_file_is_read()
    {
        var read = Parse(
            """
            [project]
            name = "training"
            requires-python = ">=3.10"
            dependencies = [
              "numpy>=1.2,<2 ; sys_platform=='linux'",  # a comment
              "greet[y,x]==1.0",
              "lib @ git+https://example.org/lib.git",
            ]

            [project.optional-dependencies]
            test = ["pytest"]

            [[tool.poetry.source]]
            name = "a"
            url = "https://a.example/simple"

            [[tool.poetry.source]]
            name = "PyPI"

            [[tool.uv.index]]
            url = "https://b.example/simple"

            [tool.metaflow]
            nuget-sources = ["https://feed.example/index.json"]

            [tool.metaflow.nuget]
            "Newtonsoft.Json" = "12.0.3"
            Serilog = ">=3,<5"
            """);

        Assert.Equal(">=3.10", read.Requirement.Python);
        Assert.Equal(
            "greet[x,y]=1\nlib@git+https://example.org/lib.git=\nnumpy=<2,>=1.2;sys_platform == \"linux\"",
            FileAssert.Packages(read, "pypi"));
        Assert.Equal(["https://a.example/simple", "https://b.example/simple"], FileAssert.Sources(read, "pypi"));
        Assert.Equal("Newtonsoft.Json=[12.0.3]\nSerilog=[3.0.0,5.0.0)", FileAssert.Packages(read, "nuget"));
        Assert.Equal(["https://feed.example/index.json"], FileAssert.Sources(read, "nuget"));
        Assert.Contains("optional dependencies", Assert.Single(read.Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF# nothing\r\n")]
    [InlineData("[project]\nname = 'x'\n[tool.poetry]\n[tool.other]\na = 1\n")]
    public void A_file_without_packages_asks_for_nothing(string text) => Assert.Empty(Parse(text).Requirement.Packages);

    [Theory]
    [InlineData("[project", "MF7115", "'p.toml' is not TOML.")]
    [InlineData("a = 1\na = 2", "MF7115", "'p.toml' is not TOML.")]
    [InlineData("project = 1", "MF7115", "'project' in 'p.toml' is not a table.")]
    [InlineData("[project]\ndependencies = 'numpy'", "MF7115", "'project.dependencies' in 'p.toml' is not a list of texts.")]
    [InlineData("[project]\ndependencies = [['numpy']]", "MF7115", "'project.dependencies[0]' in 'p.toml' is not a text.")]
    [InlineData("[project]\nrequires-python = 3.11", "MF7115", "'project.requires-python' in 'p.toml' is not a text.")]
    [InlineData("[tool.uv]\nindex = 3", "MF7115", "'tool.uv.index' in 'p.toml' is not a list of tables.")]
    [InlineData("[tool.uv]\nindex = ['x']", "MF7115", "'tool.uv.index[0]' in 'p.toml' is not a table.")]
    [InlineData("[tool.metaflow.nuget]\nNewtonsoft.Json = '1'", "MF7115", "'tool.metaflow.nuget.Newtonsoft' in 'p.toml' is not a text.")]
    [InlineData("[tool.metaflow.nuget]\n'a/b' = '1'", "MF7115", "'tool.metaflow.nuget.a/b' in 'p.toml' is not a package of NuGet")]
    [InlineData("[tool.metaflow.nuget]\nA = 'x'", "MF7103", "The package 'A' in the file 'p.toml' has the version 'x'.")]
    [InlineData("[project]\ndependencies = ['numpy 1']", "MF7111", "'p.toml' has 'numpy 1'.")]
    [InlineData("[project]\ndependencies = ['python>=3']", "MF7111", "'p.toml' has 'python>=3'.")]
    public void What_the_format_does_not_allow_is_refused(string text, string code, string what)
        => FileAssert.Refused(code, what, () => Parse(text));

    [Fact]
    public void Deep_nesting_is_refused()
        => FileAssert.Refused("MF7115", "'p.toml' is not TOML.", static () => Parse("a = " + new string('[', 100_000)));

    private static FileRequirement Parse(string text) => ProjectToml.Parse(InputFile.Of("p.toml", text));
}
