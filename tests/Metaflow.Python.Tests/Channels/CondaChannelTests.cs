using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Metaflow.Core.Tests.Storage;

namespace Metaflow.Python.Tests.Channels;

/// <summary>Packages and channels that tests make.</summary>
public sealed class CondaChannelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(CondaFormat.Conda)]
    [InlineData(CondaFormat.TarBz2)]
    public void The_same_package_becomes_the_same_bytes(CondaFormat format)
    {
        var package = SyntheticPackages.Places("1.0") with { Format = format };

        var first = new CondaChannel(Path.Combine(_folder.Path, "one")).Add(package);
        var second = new CondaChannel(Path.Combine(_folder.Path, "two")).Add(package);

        Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));
    }

    [Theory]
    [InlineData(CondaFormat.Conda)]
    [InlineData(CondaFormat.TarBz2)]
    public void The_list_of_a_package_tells_which_files_name_their_environment(CondaFormat format)
    {
        var path = new CondaChannel(_folder.Path).Add(SyntheticPackages.Places("1.0") with { Format = format });

        var entries = HandLinkedEnvironment.ReadPackage(path);

        var paths = JsonNode.Parse(entries["info/paths.json"].Bytes)!["paths"]!.AsArray()
            .ToDictionary(static entry => (string)entry!["_path"]!, static entry => entry!, StringComparer.Ordinal);
        Assert.Equal("text", (string)paths["etc/places.conf"]["file_mode"]!);
        Assert.Equal("binary", (string)paths["lib/places.bin"]["file_mode"]!);
        Assert.Equal(CondaPackage.Placeholder, (string)paths["lib/places.bin"]["prefix_placeholder"]!);
        Assert.Equal("softlink", (string)paths["lib/places.link"]["path_type"]!);
        Assert.Null(paths["share/places/copied"]["file_mode"]);
        Assert.True((bool)paths["share/places/copied"]["no_link"]!);
        Assert.Equal(TarEntryType.SymbolicLink, entries["lib/places.link"].Entry.EntryType);
        Assert.Equal("places.bin", entries["lib/places.link"].Entry.LinkName);
        Assert.Equal("share/places/copied\n", Encoding.UTF8.GetString(entries["info/no_link"].Bytes));
        Assert.Equal(255, CondaPackage.Placeholder.Length);
    }

    [Fact]
    public void The_parts_of_a_zip_are_stored_as_they_are()
    {
        var path = new CondaChannel(_folder.Path).Add(SyntheticPackages.Greeting("1.0.0"));

        using var zip = ZipFile.OpenRead(path);

        Assert.Equal(
            ["metadata.json", "pkg-greeting-1.0.0-pyhd8ed1ab_0.tar.zst", "info-greeting-1.0.0-pyhd8ed1ab_0.tar.zst"],
            zip.Entries.Select(static entry => entry.FullName));
        Assert.All(zip.Entries, static entry => Assert.Equal(entry.Length, entry.CompressedLength));
        var link = JsonNode.Parse(HandLinkedEnvironment.ReadPackage(path)["info/link.json"].Bytes)!["noarch"]!;
        Assert.Equal("python", (string)link["type"]!);
        Assert.Equal("greet = greeting:main", (string)link["entry_points"]![0]!);
    }

    [Theory]
    [InlineData(CondaFormat.Conda)]
    [InlineData(CondaFormat.TarBz2)]
    public void A_package_may_have_no_files(CondaFormat format)
    {
        var path = new CondaChannel(_folder.Path).Add(SyntheticPackages.Nothing("nothing", "1.0", ["greeting"]) with { Format = format });

        var entries = HandLinkedEnvironment.ReadPackage(path);

        Assert.Empty(JsonNode.Parse(entries["info/paths.json"].Bytes)!["paths"]!.AsArray());
    }

    [Fact]
    public void An_index_lists_packages_of_both_formats_with_their_hashes()
    {
        var channel = new CondaChannel(_folder.Path);
        var older = channel.Add(SyntheticPackages.Tool("ffmpeg", "5.1") with { Format = CondaFormat.TarBz2 });
        channel.Add(SyntheticPackages.Tool("ffmpeg", "6.1") with { TrackFeatures = "slow", Constrains = ["x <2"] });

        channel.WriteIndex();

        var text = File.ReadAllText(Path.Combine(_folder.Path, "noarch", "repodata.json"));
        var index = JsonNode.Parse(text)!;
        Assert.Equal(Hashes.OfFile(older), (string)index["packages"]!["ffmpeg-5.1-0.tar.bz2"]!["sha256"]!);
        Assert.Equal("slow", (string)index["packages.conda"]!["ffmpeg-6.1-0.conda"]!["track_features"]!);
        Assert.Contains("\"x <2\"", text, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder.Path, "linux-64", "repodata.json.zst")));
    }
}
