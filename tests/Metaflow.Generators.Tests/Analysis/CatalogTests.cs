extern alias generators;

using System.Text.RegularExpressions;
using System.Xml.Linq;
using Metaflow.Graph;
using FlowAnalyzer = generators::Metaflow.Generators.FlowAnalyzer;

namespace Metaflow.Generators.Tests.Analysis;

public sealed class CatalogTests
{
    private static readonly string Root = FindRoot();

    [Fact]
    public void Every_rule_has_a_diagnostic_and_every_diagnostic_a_rule()
        => Assert.Equal(
            Codes().Order(),
            new FlowAnalyzer().SupportedDiagnostics.Select(descriptor => descriptor.Id).Order());

    [Fact]
    public void Every_code_has_a_page_with_its_title()
        => Assert.All(Codes(), code => Assert.StartsWith(
            $"# {code}: ", File.ReadAllText(Path.Combine(Root, "docs", "errors", $"{code}.md")), StringComparison.Ordinal));

    [Fact]
    public void Every_diagnostic_links_to_its_page_at_the_one_address_of_the_project()
    {
        var properties = XDocument.Load(Path.Combine(Root, "Directory.Build.props"));
        var address = ValueOf(properties, "DocumentationUrl");
        Assert.StartsWith(ValueOf(properties, "RepositoryUrl"), address, StringComparison.Ordinal);
        Assert.All(new FlowAnalyzer().SupportedDiagnostics, descriptor =>
        {
            Assert.Equal($"{address}/docs/errors/{descriptor.Id}.md", new Uri(descriptor.HelpLinkUri, UriKind.Absolute).AbsoluteUri);
            Assert.True(File.Exists(Path.Combine(Root, descriptor.HelpLinkUri[(address.Length + 1)..])), descriptor.HelpLinkUri);
        });
    }

    [Fact]
    public void The_list_of_releases_names_every_diagnostic_with_its_severity()
    {
        var text = File.ReadAllText(Path.Combine(Root, "src", "Metaflow.Generators", "AnalyzerReleases.Unshipped.md"));
        var listed = Regex.Matches(text, @"^(MF\d{4}) \| Metaflow \| (\w+) \|", RegexOptions.Multiline)
            .Select(row => $"{row.Groups[1].Value} {row.Groups[2].Value}");
        Assert.Equal(
            new FlowAnalyzer().SupportedDiagnostics.Select(descriptor => $"{descriptor.Id} {descriptor.DefaultSeverity}"), listed);
    }

    private static string ValueOf(XDocument properties, string name) => Regex.Replace(
        properties.Descendants(name).Single().Value, @"\$\((\w+)\)", match => ValueOf(properties, match.Groups[1].Value));

    private static IEnumerable<string> Codes() => typeof(RuleCodes).GetFields().Select(field => (string)field.GetRawConstantValue()!);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Metaflow.slnx")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
