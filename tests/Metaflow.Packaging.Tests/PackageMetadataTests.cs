using System.Buffers.Binary;
using System.Text;
using System.Xml.Linq;

namespace Metaflow.Packaging.Tests;

/// <summary>What a feed shows of the packages, and where it leads to.</summary>
public sealed class PackageMetadataTests(PackedPackages packages)
{
    private static readonly string[] Expected =
    [
        "Metaflow", "Metaflow.Aws", "Metaflow.Azure", "Metaflow.Cli", "Metaflow.Core", "Metaflow.Environments", "Metaflow.Gcp",
        "Metaflow.Hosting", "Metaflow.ObjectStorage", "Metaflow.Python", "Metaflow.Templates", "Metaflow.Testing", "Metaflow.Tool",
    ];

    private static string Root { get; } = PackedPackages.FindRoot();

    public static TheoryData<string> Packages => [.. Expected];

    [Fact]
    public void Every_package_is_known_to_these_tests() => Assert.Equal(Expected, packages.Names);

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_says_what_it_is_and_where_it_comes_from(string package)
    {
        var repository = Metadata(package, "repository");

        Assert.InRange(Metadata(package, "description").Value.Length, 60, 300);
        Assert.Contains("metaflow", Metadata(package, "tags").Value.Split(' '));
        Assert.InRange(Metadata(package, "tags").Value.Split(' ').Distinct().Count(), 4, 12);
        Assert.Equal("Apache-2.0", Metadata(package, "license").Value);
        Assert.Equal(PackedPackages.Address, Metadata(package, "projectUrl").Value);
        Assert.Equal(PackedPackages.Address, (string?)repository.Attribute("url"));
        Assert.Matches("^[0-9a-f]{40}$", (string?)repository.Attribute("commit"));
        Assert.Equal($"{packages.Documentation}/CHANGELOG.md", Metadata(package, "releaseNotes").Value);
    }

    [Fact]
    public void No_two_packages_describe_themselves_alike()
        => Assert.Equal(Expected.Length, Expected.Select(package => Metadata(package, "description").Value).Distinct().Count());

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_has_its_icon_licence_and_notices(string package)
    {
        var entries = packages.EntriesOf(package);
        Assert.Contains("LICENSE", entries);
        Assert.Contains("THIRD-PARTY-NOTICES.md", entries);

        var (width, height) = packages.Read(package, Metadata(package, "icon").Value, static image =>
        {
            var header = new byte[24];
            image.ReadExactly(header);
            Assert.Equal("PNG"u8.ToArray(), header[1..4]);
            return (BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(20)));
        });
        Assert.Equal((128, 128), (width, height));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Its_readme_is_its_own_and_each_link_leads_to_a_file_of_the_release(string package)
    {
        var readme = packages.TextOf(package, Metadata(package, "readme").Value);
        Assert.StartsWith(package == "Metaflow" ? "# Metaflow for .NET\n" : $"# {package}\n", readme, StringComparison.Ordinal);

        var links = Page.LinksOf(readme).ToList();
        Assert.Contains($"{packages.Documentation}/docs/index.md", links);
        Assert.All(links, link =>
        {
            Assert.StartsWith(packages.Documentation + "/", link, StringComparison.Ordinal);
            Assert.True(Path.Exists(Path.Combine(Root, link[(packages.Documentation.Length + 1)..])), $"'{link}' leads nowhere.");
        });
    }

    /// <summary>The address of Directory.Build.props is in no package that was made for another one.</summary>
    [Theory]
    [MemberData(nameof(Packages))]
    public void One_property_of_the_build_sets_every_address(string package)
    {
        var placeholder = XElement.Load(Path.Combine(Root, "Directory.Build.props")).Descendants("RepositoryUrl").Single().Value;
        byte[][] forms = [Encoding.UTF8.GetBytes(placeholder), Encoding.Unicode.GetBytes(placeholder)];

        Assert.DoesNotContain(packages.EntriesOf(package), entry => packages.Read(package, entry, stream =>
        {
            var bytes = ((MemoryStream)stream).ToArray();
            return forms.Any(form => bytes.AsSpan().IndexOf(form) >= 0);
        }));
    }

    [Fact]
    public void Diagnostics_link_to_the_release_that_they_are_part_of()
    {
        // The address is written into the assembly as text.
        var assembly = packages.Read(
            "Metaflow", "analyzers/dotnet/cs/Metaflow.Generators.dll", static stream => ((MemoryStream)stream).ToArray());

        Assert.True(assembly.AsSpan().IndexOf(Encoding.UTF8.GetBytes(packages.Documentation)) >= 0);
    }

    private XElement Metadata(string package, string name) => packages.SpecificationOf(package).Descendants()
        .Single(element => element.Name.LocalName == name && element.Parent!.Name.LocalName == "metadata");
}
