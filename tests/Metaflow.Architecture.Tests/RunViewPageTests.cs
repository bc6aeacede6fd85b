using System.Text.RegularExpressions;
using System.Xml.Linq;
using Metaflow.Architecture.Tests.Sources;

namespace Metaflow.Architecture.Tests;

/// <summary>The page on the run view shows pictures that are there, and lists what programs get.</summary>
public sealed partial class RunViewPageTests(RepositorySources sources)
{
    private const string Pictures = "docs/captures/";

    [Fact]
    public void Every_picture_is_on_a_page_and_every_picture_of_a_page_is_there()
    {
        var pictures = sources.Files.Select(static file => file.Path)
            .Where(static path => path.StartsWith(Pictures, StringComparison.Ordinal)).ToList();
        var shown = sources.Files.Where(static file => file.Path.EndsWith(".md", StringComparison.Ordinal))
            .SelectMany(static file => Picture().Matches(file.Text)).Select(static match => Pictures + match.Groups[1].Value).Distinct();

        Assert.True(pictures.Count > 15, $"only {pictures.Count} pictures were found");
        Assert.Equal(pictures.Order(StringComparer.Ordinal), shown.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_picture_is_small_and_holds_its_text_as_text()
        => Assert.All(
            sources.Files.Where(static file => file.Path.StartsWith(Pictures, StringComparison.Ordinal)),
            static file =>
            {
                var root = XDocument.Parse(file.Text).Root!;
                var texts = root.Elements().Where(static element => element.Name.LocalName == "text").ToList();
                Assert.True(texts.Count > 3, $"{file.Path} has {texts.Count} texts");
                Assert.Contains("prefers-color-scheme: dark", file.Text, StringComparison.Ordinal);
                Assert.InRange(file.Text.Length, 500, 100_000);
            });

    [Fact]
    public void The_page_names_every_event_and_field_of_the_JSON_and_no_other()
    {
        var page = sources.Files.Single(static file => file.Path == "docs/run-view.md").Text;
        var section = page[page.IndexOf("## JSON", StringComparison.Ordinal)..];
        var written = Names(Literal(), "src/Metaflow.Cli/Views/RunEventJson.cs")
            .Concat(Names(Member(), "src/Metaflow.Cli/Commands/SpinCommand.cs")).ToHashSet(StringComparer.Ordinal);
        var named = Name().Matches(section).Select(static match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);

        Assert.True(written.Count > 60, $"only {written.Count} names were found");
        Assert.Empty(written.Except(named));
        Assert.Empty(named.Except(written));
    }

    private IEnumerable<string> Names(Regex name, string path)
        => name.Matches(sources.Files.Single(file => file.Path == path).Text).Select(static match => match.Groups[1].Value);

    [GeneratedRegex(@"captures/([\w-]+\.svg)")]
    private static partial Regex Picture();

    [GeneratedRegex("""(?<!<param name=)"([a-z_]+)(?=")""")]
    private static partial Regex Literal();

    [GeneratedRegex("""(?<=\["|"\] = ")([a-z_]+)(?=")""")]
    private static partial Regex Member();

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex Name();
}
