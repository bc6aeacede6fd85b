using Metaflow.Architecture.Tests.Rules;
using Metaflow.Architecture.Tests.Sources;

namespace Metaflow.Architecture.Tests;

public sealed class TextTests(RepositorySources sources)
{
    [Fact]
    public void No_file_names_a_registry_or_a_folder_of_one_machine() => Problems.AssertNone(Texts.CheckPlaces(sources.Files));

    [Fact]
    public void Nothing_is_unfinished() => Problems.AssertNone(Texts.CheckFinished(sources.SourceCode));

    [Fact]
    public void The_index_of_the_documentation_names_every_page_once()
    {
        var index = sources.Files.Single(static file => file.Path == "docs/index.md").Text;
        var pages = sources.Files.Select(static file => file.Path)
            .Where(static path => Path.GetDirectoryName(path) == "docs" && path.EndsWith(".md", StringComparison.Ordinal));

        Problems.AssertNone(pages.Select(static path => Path.GetFileName(path))
            .Where(page => page != "index.md" && index.Split($"({page})").Length != 2)
            .Select(static page => $"docs/index.md does not name '{page}' once."));
    }

    [Fact]
    public void Public_members_of_packages_are_documented() => Problems.AssertNone(Documentation.Check(
        sources.Files.Single(static file => file.Path == "Directory.Build.props"), sources.SourceProjects, sources.SourceCode));

    [Fact]
    public void Texts_use_the_usual_words() => Problems.AssertNone(Words.Check(sources.Files));

    [Theory]
    [InlineData("https://api.nuget" + ".org/v3/index.json", 1)]
    [InlineData("https://PyPI" + ".org/simple", 1)]
    [InlineData("/wor" + "k/main/flow.cs", 1)]
    [InlineData("/roo" + "t/.metaflow", 1)]
    [InlineData("~/.metaflow and /home/ada/flow.cs", 0)]
    public void A_place_is_found(string text, int problems)
        => Assert.Equal(problems, Texts.CheckPlaces([new SourceFile("A.md", text)]).Count);

    [Theory]
    [InlineData("// TODO: later", 1)]
    [InlineData("throw new NotImplementedException();", 1)]
    [InlineData("todo list of a flow", 0)]
    public void Unfinished_work_is_found(string text, int problems)
        => Assert.Equal(problems, Texts.CheckFinished([new SourceFile("A.cs", text)]).Count);

    [Theory]
    [InlineData("docs/runs.md", "How to mend it", 1)]
    [InlineData("docs/runs.md", "How to fix it", 0)]
    [InlineData("docs/errors/MF1004.md", "a run of\nours, and one of the\nreference", 2)]
    [InlineData("README.md", "A step that asks for more is told of.", 1)]
    [InlineData("samples/hello.cs", "// What is left\n// away has a default.", 1)]
    [InlineData("src/Core/Run.cs", "/// <summary>A mistake shows as one\n    /// types.</summary>", 1)]
    [InlineData("src/Core/Run.cs", "// The reference to a field; recommended", 0)]
    [InlineData("tests/Core.Tests/RunTests.cs", "public void A_message_says_how_to_" + "mend_it() => Assert.Contains(\"mend\", text);", 1)]
    public void An_unusual_word_is_found(string path, string text, int problems)
        => Assert.Equal(problems, Words.Check([new SourceFile(path, text)]).Count);

    [Theory]
    [InlineData("<GenerateDocumentationFile>true</GenerateDocumentationFile>", "", "", 0)]
    [InlineData("", "", "", 1)]
    [InlineData(
        "<GenerateDocumentationFile>true</GenerateDocumentationFile>", "<GenerateDocumentationFile>false</GenerateDocumentationFile>", "",
        1)]
    [InlineData("<GenerateDocumentationFile>true</GenerateDocumentationFile>", "<NoWarn>$(NoWarn);CS1591</NoWarn>", "", 1)]
    [InlineData("<GenerateDocumentationFile>true</GenerateDocumentationFile>", "", "#pragma warning disable CS1591", 1)]
    public void Switching_documentation_off_is_found(string shared, string own, string code, int problems)
    {
        var properties = new SourceFile("Directory.Build.props", $"<Project><PropertyGroup>{shared}</PropertyGroup></Project>");
        var project = new ProjectFile(
            "src/A/A.csproj", $"<Project><PropertyGroup><IsPackable>true</IsPackable>{own}</PropertyGroup></Project>");

        Assert.Equal(problems, Documentation.Check(properties, [project], [new SourceFile("src/A/A.cs", code)]).Count);
    }
}
