using System.Text.RegularExpressions;
using Metaflow.Architecture.Tests.Sources;

namespace Metaflow.Architecture.Tests;

/// <summary>The page that leads through the source names what is there, and leaves no folder out.</summary>
public sealed partial class ArchitecturePageTests(RepositorySources sources)
{
    private string Page => sources.Files.Single(static file => file.Path == "docs/architecture.md").Text;

    private List<SourceFile> Code =>
    [
        .. sources.Files.Where(static file => file.Path.StartsWith("src/", StringComparison.Ordinal)
            && file.Path.EndsWith(".cs", StringComparison.Ordinal)),
    ];

    [Fact]
    public void Every_type_and_method_that_is_named_exists()
    {
        var text = string.Concat(Code.Select(static file => file.Text));
        var pictures = Picture().Matches(Page).SelectMany(static picture => TwoHumps().Matches(picture.Value));
        var names = Identifier().Matches(Page).Select(static match => match.Groups[1].Value)
            .Concat(pictures.Select(static match => match.Value)).Distinct().ToList();
        Assert.True(names.Count > 60, $"only {names.Count} names were found");
        var folders = Folders().Select(static folder => folder.Split('/')[1])
            .Concat(Folders().SelectMany(InnerFolders)).ToHashSet(StringComparer.Ordinal);
        var missing = names.Where(name => !folders.Contains(name)
            && !Regex.IsMatch(text, $@"\b(class|record|interface|struct|enum) {name}\b|\b{name}[(<]")).ToList();
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_folder_of_a_project_has_its_line()
    {
        var projects = Project().Matches(Page).ToDictionary(static match => match.Groups[1].Value, static match => match.Groups[2].Value);
        foreach (var folders in Folders().GroupBy(static folder => folder.Split('/')[0]))
        {
            Assert.True(projects.TryGetValue(folders.Key, out var lines), $"{folders.Key} has folders and no section");
            Assert.Equal(
                folders.Select(static folder => folder.Split('/')[1]), Line().Matches(lines).Select(static match => match.Groups[1].Value));
            foreach (var folder in folders)
            {
                var inner = InnerLine().Matches(Section(lines, folder.Split('/')[1])).Select(static match => match.Groups[1].Value);
                Assert.Equal(InnerFolders(folder), inner.Order(StringComparer.Ordinal));
            }
        }
    }

    private static string Section(string lines, string folder)
    {
        var start = lines.IndexOf($"- `{folder}`", StringComparison.Ordinal);
        var end = lines.IndexOf("\n- ", start, StringComparison.Ordinal);
        return end < 0 ? lines[start..] : lines[start..end];
    }

    private IEnumerable<string> InnerFolders(string folder) => Code.Select(static file => file.Path.Split('/'))
        .Where(parts => parts.Length > 4 && $"{parts[1]}/{parts[2]}" == folder)
        .Select(static parts => parts[3]).Distinct().Order(StringComparer.Ordinal);

    private List<string> Folders() =>
    [
        .. sources.Files.Select(static file => file.Path.Split('/')).Where(static parts => parts is ["src", _, _, _, ..])
            .Select(static parts => $"{parts[1]}/{parts[2]}").Distinct().Order(StringComparer.Ordinal),
    ];

    [GeneratedRegex(@"`([A-Z][A-Za-z]+)`")]
    private static partial Regex Identifier();

    [GeneratedRegex("```text.*?```", RegexOptions.Singleline)]
    private static partial Regex Picture();

    [GeneratedRegex(@"\b[A-Z][a-z]+[A-Z][A-Za-z]+\b|\bI[A-Z][a-z][A-Za-z]+\b")]
    private static partial Regex TwoHumps();

    [GeneratedRegex(@"^### (Metaflow[\w.]*)\n(.*?)(?=^#)", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Project();

    [GeneratedRegex(@"^- `(\w+)`", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex(@"^  - `(\w+)`", RegexOptions.Multiline)]
    private static partial Regex InnerLine();
}
