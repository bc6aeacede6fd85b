namespace Metaflow.Pages;

/// <summary>A page of the repository's documentation that follows from the code: a test compares the two, and writes the page when
/// METAFLOW_REWRITE_PAGES is 1, as <c>eng/pages.sh</c> sets it.</summary>
internal static class RepositoryPage
{
    private static string Root { get; } = FindRoot();

    /// <summary>Reads a page.</summary>
    /// <param name="path">Its path below the repository's folder.</param>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>Says that the page is what the code says now.</summary>
    public static void Matches(string path, string actual)
    {
        if (Environment.GetEnvironmentVariable("METAFLOW_REWRITE_PAGES") == "1")
        {
            File.WriteAllText(Path.Combine(Root, path), actual);
            return;
        }

        Assert.True(Read(path) == actual, $"'{path}' is not what the code says: run 'bash eng/pages.sh', and commit the difference.");
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Metaflow.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests must run inside the repository.");
        }

        return folder;
    }
}
