namespace Metaflow.Packaging.Tests;

/// <summary>README and the pages of the documentation are typed as they stand, by somebody who has nothing: an empty folder and an empty
/// home. What their blocks mean <see cref="TypedPage"/> says.</summary>
public sealed class TypedPageTests(PackedPackages packages, InstalledHome home) : IClassFixture<InstalledHome>
{
    // Said of a block so that it is not taken for a program.
    private static readonly string[] NotRun = ["text", "console", "csharp fragment", "python fragment", "json", "yaml", "xml", "diff"];

    // Those of other pages are run by TutorialTests and PluginSampleTests, or are not for running.
    private static readonly string[] TypedPages =
    [
        "docs/tutorial.md", "docs/ten-minutes.md", "docs/ten-minutes-environments.md", "docs/from-python.md", "docs/sweeps.md",
        "docs/large-data.md", "docs/publishing.md",
    ];

    public static TheoryData<string> Typed => [.. TypedPages];

    public static TheoryData<string> Pages =>
    [
        "README.md",
        .. Directory.GetFiles(Path.Combine(Root, "docs"), "*.md").Select(static page => Path.GetRelativePath(Root, page)),
        .. Directory.GetFiles(Path.Combine(Root, "samples", "tutorials"), "*.md", SearchOption.AllDirectories)
            .Select(static page => Path.GetRelativePath(Root, page)),
    ];

    private static string Root { get; } = PackedPackages.FindRoot();

    [Fact]
    public async Task What_the_readme_says_can_be_typed_as_it_stands()
    {
        using var place = new TypingPlace(packages);
        var page = new TypedPage(place, "README.md");

        await page.TypeAsync();

        Assert.Equal(2, Directory.GetFiles(page.Folder, "*.cs").Length);
        // 300 MB that no run needs.
        Assert.DoesNotContain(
            Directory.GetDirectories(place.Home.Restored),
            static package => package.Contains("ilcompiler", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [MemberData(nameof(Typed))]
    public async Task What_a_page_of_the_documentation_says_can_be_typed_as_it_stands(string page)
        => await new TypedPage(home.Place, page).TypeAsync();

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_block_of_a_page_is_run_by_a_test_or_says_that_it_is_not_for_running(string page)
    {
        // Those of the tutorials by TutorialTests, which knows commands and what they show, those on plug-ins by PluginSampleTests.
        string[] run = page.StartsWith("samples", StringComparison.Ordinal) ? ["sh"]
            : page.EndsWith("plug-ins.md", StringComparison.Ordinal) ? ["csharp compiled"] : [];
        var isTyped = page is "README.md" or "docs/install.md" || TypedPages.Contains(page);

        Assert.All(
            TypedPage.BlocksOf(page),
            block => Assert.True(
                NotRun.Contains(block.Tag) || run.Contains(block.Tag) || (isTyped && TypedPage.IsTyped(block.Tag)),
                $"a block '{block.Tag}' is not run"));
    }
}
