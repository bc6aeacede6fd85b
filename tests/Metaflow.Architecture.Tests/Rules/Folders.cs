using Metaflow.Architecture.Tests.Sources;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Architecture.Tests.Rules;

/// <summary>A file's namespace is its folder, or the one above it where sub-folders only sort the files of one namespace. Types that
/// authors write down may stand in the root namespace.</summary>
internal static class Folders
{
    private const string Facade = "Metaflow";

    public static IReadOnlyList<string> Check(ProjectFile project, IEnumerable<SourceFile> files)
    {
        var root = project.Property("RootNamespace") ?? project.Name;
        var problems = new List<string>();
        foreach (var file in files.Where(file => file.Path.StartsWith(project.Folder + "/", StringComparison.Ordinal)))
        {
            var folder = Path.GetDirectoryName(Path.GetRelativePath(project.Folder, file.Path))!.Replace('/', '.').Replace('\\', '.');
            var expected = folder.Length == 0 ? root : $"{root}.{folder}";
            problems.AddRange(file.Parse().GetRoot().DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>()
                .Select(static declaration => declaration.Name.ToString())
                .Where(name => name != expected && !IsSortedBelow(name, expected, root) && name != Facade && name != "System"
                    && !name.StartsWith("System.", StringComparison.Ordinal))
                .Select(name => $"{file.Path} declares namespace '{name}', its folder is '{expected}'."));
        }

        return problems;
    }

    // Public types keep the one namespace that authors know, whatever folder they are sorted into.
    private static bool IsSortedBelow(string name, string expected, string root)
        => name.Length > root.Length && expected.StartsWith(name + ".", StringComparison.Ordinal);
}
