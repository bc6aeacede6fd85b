using Metaflow.Architecture.Tests.Rules;
using Metaflow.Architecture.Tests.Sources;

namespace Metaflow.Architecture.Tests;

public sealed class ProjectTableTests(RepositorySources sources)
{
    private static readonly ProjectRow Row = new("Good", ["Below"], ["Package"], ["Good.Tests"]);

    [Fact]
    public void Projects_refer_only_to_what_the_table_allows()
        => Problems.AssertNone(ProjectTable.Check(sources.SourceProjects, ProjectTable.Rows));

    [Fact]
    public void Every_row_of_the_table_is_a_project()
        => Problems.AssertNone(ProjectTable.Rows.Select(static row => row.Project)
            .Except(sources.SourceProjects.Select(static project => project.Name)));

    [Fact]
    public void The_page_on_architecture_names_every_project()
    {
        var page = sources.Files.Single(static file => file.Path == "docs/architecture.md").Text;

        Assert.All(sources.SourceProjects, project => Assert.Contains($"| `{project.Name}` |", page, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""<ProjectReference Include="../Above/Above.csproj" />""", "project 'Above'")]
    [InlineData("""<PackageReference Include="Other" />""", "package 'Other'")]
    [InlineData("""<InternalsVisibleTo Include="Stranger" />""", "friend 'Stranger'")]
    public void A_reference_that_is_not_in_the_table_is_found(string item, string named)
    {
        var problem = Assert.Single(ProjectTable.Check([Project(item)], [Row]));

        Assert.Contains(named, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_project_that_is_not_in_the_table_is_found()
        => Assert.Single(ProjectTable.Check([new ProjectFile("src/New/New.csproj", "<Project/>")], [Row]));

    [Theory]
    [InlineData("""<ProjectReference Include="../Below/Below.csproj" />""")]
    [InlineData("""<ProjectReference Include="../Packed/Packed.csproj" ReferenceOutputAssembly="false" />""")]
    public void A_reference_that_the_table_allows_is_fine(string item) => Assert.Empty(ProjectTable.Check([Project(item)], [Row]));

    private static ProjectFile Project(string item) => new("src/Good/Good.csproj", $"<Project><ItemGroup>{item}</ItemGroup></Project>");
}
