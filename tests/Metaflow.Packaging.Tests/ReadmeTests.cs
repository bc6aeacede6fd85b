namespace Metaflow.Packaging.Tests;

/// <summary>README is typed as it stands, by somebody who has nothing: an empty folder and an empty home. A block that names a file becomes
/// that file, a block of commands is typed, and the block after it shows what comes out.</summary>
public sealed class ReadmeTests(PackedPackages packages) : IDisposable
{
    // Said of a block so that it is not taken for a program.
    private static readonly string[] NotRun = ["text", "console", "csharp fragment", "json", "yaml", "xml", "diff"];

    private readonly string _place = Directory.CreateTempSubdirectory("metaflow-readme-").FullName;
    private readonly string? _python = Environment.GetEnvironmentVariable("METAFLOW_PYTHON_REFERENCE");

    private static string Root { get; } = PackedPackages.FindRoot();

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Fact]
    public async Task What_the_readme_says_can_be_typed_as_it_stands()
    {
        var clone = MakeClone();
        var folder = Directory.CreateDirectory(Path.Combine(_place, "work")).FullName;
        var home = new EmptyHome(_place);
        home.Set("PYTHONPATH", _python ?? "");

        string? output = null;
        foreach (var (tag, text) in BlocksOf("README.md"))
        {
            if (tag.StartsWith("csharp ", StringComparison.Ordinal))
            {
                await File.WriteAllTextAsync(Path.Combine(folder, tag["csharp ".Length..]), text, TestContext.Current.CancellationToken);
            }
            else if (tag is "sh" or "python")
            {
                output = await TypeAsync(home, tag, text, text.Contains("eng/", StringComparison.Ordinal) ? clone : folder);
            }
            else if (output is not null)
            {
                Page.AssertShows(output, text);
            }
        }

        Assert.Equal(2, Directory.GetFiles(folder, "*.cs").Length);
        // 300 MB that no run needs.
        Assert.DoesNotContain(
            Directory.GetDirectories(home.Restored),
            static package => package.Contains("ilcompiler", StringComparison.OrdinalIgnoreCase));
    }

    public static TheoryData<string> Pages =>
    [
        "README.md",
        .. Directory.GetFiles(Path.Combine(Root, "docs"), "*.md").Select(static page => Path.GetRelativePath(Root, page)),
        .. Directory.GetFiles(Path.Combine(Root, "samples", "tutorials"), "*.md", SearchOption.AllDirectories)
            .Select(static page => Path.GetRelativePath(Root, page)),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_block_of_a_page_is_run_by_a_test_or_says_that_it_is_not_for_running(string page)
    {
        // Those of README by the test above, those of the tutorials by TutorialTests, which knows commands and what they show, those on
        // plug-ins by PluginSampleTests.
        string[] run = page.StartsWith("README", StringComparison.Ordinal) ? ["sh", "python", "csharp squares.cs", "csharp results.cs"]
            : page.StartsWith("samples", StringComparison.Ordinal) ? ["sh"]
            : page.EndsWith("plug-ins.md", StringComparison.Ordinal) ? ["csharp compiled"] : [];

        Assert.All(BlocksOf(page), block => Assert.Contains(block.Tag, NotRun.Concat(run)));
    }

    private static IEnumerable<(string Tag, string Text)> BlocksOf(string page)
        => Page.BlocksOf(File.ReadAllText(Path.Combine(Root, page)));

    /// <summary>Makes a folder that has of the repository what its reader types, with the packages that all tests share: they were made by
    /// that script.</summary>
    private string MakeClone()
    {
        var clone = Directory.CreateDirectory(Path.Combine(_place, "clone")).FullName;
        Directory.CreateDirectory(Path.Combine(clone, "artifacts"));
        Directory.CreateSymbolicLink(Path.Combine(clone, "artifacts", "packages"), packages.Feed);
        return clone;
    }

    /// <summary>Types the lines of a block.</summary>
    /// <returns>What they print; <see langword="null"/> where Python's client is not there.</returns>
    private async Task<string?> TypeAsync(EmptyHome home, string tag, string text, string folder)
    {
        if (tag == "python")
        {
            if (string.IsNullOrEmpty(_python))
            {
                return null;
            }

            var command = await home.RunAsync(folder, "python3", "-c", text);
            command.AssertSucceeded();
            return command.Output;
        }

        // The packages were made once for all tests, by the same script.
        return await home.TypeAsync(folder, string.Join('\n', text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(static line => line.Split('#')[0].TrimEnd() != "bash eng/pack.sh")));
    }
}
