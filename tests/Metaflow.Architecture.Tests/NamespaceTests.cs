using Metaflow.Architecture.Tests.Rules;
using Metaflow.Architecture.Tests.Sources;
using Microsoft.CodeAnalysis;

namespace Metaflow.Architecture.Tests;

public sealed class NamespaceTests(RepositorySources sources)
{
    [Fact]
    public void The_sources_are_understood()
    {
        // Errors of names and of syntax would hide references. Others are due to what source generators write, which is missing here.
        string[] unknownNames = ["CS0234", "CS0246"];

        Problems.AssertNone(sources.Compilations.SelectMany(static project => project.Compilation.GetDiagnostics())
            .Where(problem => problem.Severity == DiagnosticSeverity.Error && (unknownNames.Contains(problem.Id) || IsSyntaxError(problem)))
            .Select(static problem => problem.ToString()));
    }

    [Fact]
    public void Namespaces_of_a_project_form_no_cycle() => Problems.AssertNone(sources.Compilations.SelectMany(NamespaceCycles.Check));

    [Fact]
    public void Folders_that_share_a_namespace_form_no_cycle()
        => Problems.AssertNone(sources.Compilations.SelectMany(NamespaceCycles.CheckFolders));

    [Fact]
    public void Namespaces_are_folders()
        => Problems.AssertNone(sources.SourceProjects.SelectMany(project => Folders.Check(project, sources.SourceCode)));

    [Theory]
    [InlineData("namespace Metaflow.B; class Right { Metaflow.A.Left? Back; }")]
    [InlineData("namespace Metaflow.B; class Right { void M() { _ = Metaflow.A.Left.Value; } }")]
    [InlineData("namespace Metaflow.B; class Right : Metaflow.C.Middle;")]
    public void A_cycle_is_found(string right)
    {
        var project = ProjectCompiler.CompileSample(
            ("A.cs", "namespace Metaflow.A; class Left { public static int Value; Metaflow.B.Right? Next; }"),
            ("B.cs", right),
            ("C.cs", "namespace Metaflow.C; class Middle { Metaflow.A.Left? Next; }"));

        Assert.Contains(
            NamespaceCycles.Check(project),
            static problem => problem.Contains("Metaflow.A -> Metaflow.B (A.cs:1)", StringComparison.Ordinal));
    }

    [Fact]
    public void One_direction_is_no_cycle()
    {
        var project = ProjectCompiler.CompileSample(
            ("A.cs", "namespace Metaflow.A; class Left { Metaflow.B.Right? Next; List<string>? Names; }"),
            ("B.cs", "namespace Metaflow.B; class Right { string? Name; Right? Again; }"));

        Assert.Empty(NamespaceCycles.Check(project));
    }

    [Fact]
    public void A_cycle_of_folders_in_one_namespace_is_found()
    {
        var project = ProjectCompiler.CompileSample(
            ("src/X/A/Low/Left.cs", "namespace Metaflow.A; class Left { Right? Next; }"),
            ("src/X/A/High/Right.cs", "namespace Metaflow.A; class Right { Left? Back; }"));

        Assert.Contains(
            NamespaceCycles.CheckFolders(project),
            static problem => problem.Contains("Metaflow.A/High -> Metaflow.A/Low", StringComparison.Ordinal));
    }

    [Fact]
    public void The_files_above_sub_folders_are_their_facade()
    {
        var project = ProjectCompiler.CompileSample(
            ("src/X/A/Facade.cs", "namespace Metaflow.A; class Facade { Right? Next; }"),
            ("src/X/A/Low/Left.cs", "namespace Metaflow.A; class Left { Facade? Up; }"),
            ("src/X/A/High/Right.cs", "namespace Metaflow.A; class Right { Left? Next; }"));

        Assert.Empty(NamespaceCycles.CheckFolders(project));
    }

    [Fact]
    public void The_root_namespace_is_exempt()
    {
        var project = ProjectCompiler.CompileSample(
            ("Root.cs", "namespace Metaflow; class Root { Metaflow.A.Left? Next; }"),
            ("A.cs", "namespace Metaflow.A; class Left { Root? Back; }"));

        Assert.Empty(NamespaceCycles.Check(project));
    }

    [Theory]
    [InlineData("Metaflow.Elsewhere", 1)]
    [InlineData("Metaflow.Part.Inner", 0)]
    [InlineData("Metaflow.Part", 0)]
    [InlineData("Metaflow.Par", 1)]
    [InlineData("Metaflow", 0)]
    public void A_namespace_that_is_not_the_folder_is_found(string name, int problems)
    {
        var project = new ProjectFile(
            "src/X/X.csproj", "<Project><PropertyGroup><RootNamespace>Metaflow</RootNamespace></PropertyGroup></Project>");
        var file = new SourceFile("src/X/Part/Inner/A.cs", $"namespace {name}; class A;");

        Assert.Equal(problems, Folders.Check(project, [file]).Count);
    }

    private static bool IsSyntaxError(Diagnostic problem)
        => problem.Location.SourceTree?.GetDiagnostics().Any(error => error.Id == problem.Id && error.Location == problem.Location) == true;
}
