namespace Metaflow.Architecture.Tests.Sources;

/// <summary>The repository that the tests were built from, read once.</summary>
public sealed class RepositorySources
{
    private static readonly HashSet<string> IgnoredFolders = new(StringComparer.Ordinal)
    {
        ".git", ".idea", ".metaflow", ".vs", "artifacts", "bin", "node_modules", "obj",
    };

    private static readonly HashSet<string> BinaryExtensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".gz", ".zip", ".png", ".nupkg", ".pkl", ".dll",
    };

    private readonly Lazy<IReadOnlyList<ProjectCompilation>> _compilations;

    public RepositorySources()
    {
        Root = FindRoot();
        Files = Enumerate(Root).Order(StringComparer.Ordinal)
            .Select(path => new SourceFile(path, File.ReadAllText(Path.Combine(Root, path)))).ToList();
        Projects = Files.Where(static file => file.Path.EndsWith(".csproj", StringComparison.Ordinal))
            .Select(static file => new ProjectFile(file.Path, file.Text)).ToList();
        _compilations = new Lazy<IReadOnlyList<ProjectCompilation>>(() => ProjectCompiler.CompileAll(this));
    }

    public string Root { get; }

    internal IReadOnlyList<SourceFile> Files { get; }

    internal IReadOnlyList<ProjectFile> Projects { get; }

    internal IEnumerable<ProjectFile> SourceProjects
        => Projects.Where(static project => project.Path.StartsWith("src/", StringComparison.Ordinal));

    internal IEnumerable<SourceFile> SourceCode => CodeBelow("src/");

    internal IEnumerable<SourceFile> TestCode => CodeBelow("tests/");

    internal IReadOnlyList<ProjectCompilation> Compilations => _compilations.Value;

    internal IEnumerable<SourceFile> CodeBelow(string folder) => Files.Where(
        file => file.Path.StartsWith(folder, StringComparison.Ordinal) && file.Path.EndsWith(".cs", StringComparison.Ordinal));

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Metaflow.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests must run inside the repository.");
        }

        return folder;
    }

    private static IEnumerable<string> Enumerate(string root)
    {
        var folders = new Stack<string>([root]);
        while (folders.TryPop(out var folder))
        {
            foreach (var child in Directory.EnumerateDirectories(folder)
                .Where(static child => !IgnoredFolders.Contains(Path.GetFileName(child))))
            {
                folders.Push(child);
            }

            foreach (var file in Directory.EnumerateFiles(folder).Where(static file => !BinaryExtensions.Contains(Path.GetExtension(file))))
            {
                yield return Path.GetRelativePath(root, file).Replace('\\', '/');
            }
        }
    }
}
