using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Metaflow.Packaging.Tests;

/// <summary>The notices name what the packages carry and depend on, in the versions that they do, and nothing else.</summary>
public sealed partial class ThirdPartyNoticeTests(PackedPackages packages)
{
    private const string Data = "vega-datasets";

    private static string Root { get; } = PackedPackages.FindRoot();

    private static string Notices { get; } = File.ReadAllText(Path.Combine(Root, "THIRD-PARTY-NOTICES.md"));

    [Fact]
    public void They_name_every_library_that_a_package_carries_or_depends_on()
    {
        var versions = Versions().DistinctBy(static one => one.Name).ToDictionary(static one => one.Name, static one => one.Version);
        var used = packages.Names.SelectMany(package => Dependencies(package).Concat(Carried(package)))
            .Where(static name => name.Split('.')[0] != "Metaflow").Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(
            used.Select(name => $"{name} {versions[name]}"),
            Rows().Where(static row => row.Name != Data).Select(static row => $"{row.Name} {row.Version}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void They_have_the_licence_of_each()
    {
        Assert.All(Rows(), static row =>
        {
            var section = Regex.Match(
                Notices, $@"^## [^\n]*\b{Regex.Escape(row.Name)}\b.*?(?=^## |\z)", RegexOptions.Multiline | RegexOptions.Singleline);
            Assert.True(section.Success, $"'{row.Name}' has no section.");
            Assert.Contains("Copyright (c) ", section.Value, StringComparison.Ordinal);
            var licence = row.Licence switch
            {
                "MIT" => "[MIT License]",
                "Apache-2.0" => "Apache License 2.0",
                "BSD-2-Clause" => "BSD 2-Clause License",
                _ => "BSD 3-Clause License",
            };
            Assert.Contains(licence, section.Value, StringComparison.Ordinal);
        });
        Assert.Contains("Permission is hereby granted, free of charge", Notices, StringComparison.Ordinal);
    }

    [Fact]
    public void They_name_the_data_that_the_tutorials_have()
    {
        var source = File.ReadAllText(Path.Combine(Root, "samples", "data", "README.md"));
        var row = Rows().Single(static row => row.Name == Data);

        Assert.Contains($"`{row.Name}` {row.Version}", source, StringComparison.Ordinal);
    }

    private IEnumerable<string> Dependencies(string package) => packages.SpecificationOf(package).Descendants()
        .Where(static element => element.Name.LocalName == "dependency").Select(static element => (string)element.Attribute("id")!);

    // Translations of a library's texts come with it.
    private IEnumerable<string> Carried(string package) => packages.EntriesOf(package)
        .Where(static entry => entry.EndsWith(".dll", StringComparison.Ordinal))
        .Where(static entry => !entry.EndsWith(".resources.dll", StringComparison.Ordinal))
        .Select(static entry => Path.GetFileNameWithoutExtension(entry))

        // The one library whose assembly is not called as its package.
        .Select(static name => name == "ZstdSharp" ? "ZstdSharp.Port" : name);

    /// <summary>Returns the versions that the packages are made with, those of what other packages bring along too.</summary>
    private static IEnumerable<(string Name, string Version)> Versions() =>
        from package in (string[])["Metaflow.Tool", "Metaflow.Hosting"]
        let locked = JsonNode.Parse(File.ReadAllText(Path.Combine(Root, "src", package, "packages.lock.json")))!
        from framework in locked["dependencies"]!.AsObject()
        from dependency in framework.Value!.AsObject()
        where dependency.Value!["resolved"] is not null
        select (dependency.Key, (string)dependency.Value!["resolved"]!);

    private static IEnumerable<(string Name, string Version, string Licence)> Rows() => Row().Matches(Notices)
        .Select(static match => (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value));

    [GeneratedRegex(@"^\| \[([^\]]+)\]\([^)]+\) \| (\S+) \| (\S+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
