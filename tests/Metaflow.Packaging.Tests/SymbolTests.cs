using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.Json;

namespace Metaflow.Packaging.Tests;

/// <summary>A debugger finds the source of every assembly that programs load, and two builds of a commit make the same.</summary>
public sealed class SymbolTests(PackedPackages packages)
{
    private static readonly Guid SourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");
    private static readonly Guid EmbeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    private static string Root { get; } = PackedPackages.FindRoot();

    /// <summary>Each assembly of ours that a program loads, with the package and the entry that have its symbols.</summary>
    public static TheoryData<string, string, string> Assemblies => new()
    {
        { "Metaflow", "lib/net10.0/Metaflow.dll", "snupkg" },
        { "Metaflow.Aws", "lib/net10.0/Metaflow.Aws.dll", "snupkg" },
        { "Metaflow.Azure", "lib/net10.0/Metaflow.Azure.dll", "snupkg" },
        { "Metaflow.Cli", "lib/net10.0/Metaflow.Cli.dll", "snupkg" },
        { "Metaflow.Core", "lib/net10.0/Metaflow.Core.dll", "snupkg" },
        { "Metaflow.Gcp", "lib/net10.0/Metaflow.Gcp.dll", "snupkg" },
        { "Metaflow.Hosting", "lib/net10.0/Metaflow.Hosting.dll", "snupkg" },
        { "Metaflow.ObjectStorage", "lib/net10.0/Metaflow.ObjectStorage.dll", "snupkg" },
        { "Metaflow.Testing", "lib/net10.0/Metaflow.Testing.dll", "snupkg" },
        // A tool has its symbols beside it.
        { "Metaflow.Tool", "tools/net10.0/any/Metaflow.Tool.dll", "nupkg" },
        { "Metaflow.Tool", "tools/net10.0/any/Metaflow.Core.dll", "nupkg" },
    };

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void The_symbols_are_those_of_the_assembly(string package, string assembly, string symbols)
    {
        var named = packages.Read(package, assembly, static stream => Debugging(stream, static (reader, entries) => reader
            .ReadCodeViewDebugDirectoryData(entries.Single(static entry => entry.Type == DebugDirectoryEntryType.CodeView)).Guid));

        Assert.Equal(
            named, ReadSymbols(package, assembly, symbols, static reader => new BlobContentId(reader.DebugMetadataHeader!.Id).Guid));
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void A_build_of_the_same_commit_makes_the_same_assembly(string package, string assembly, string symbols)
    {
        Assert.True(packages.Read(package, assembly, static stream => Debugging(
            stream, static (_, entries) => entries.Any(static entry => entry.Type == DebugDirectoryEntryType.Reproducible))));
        // Nor does it matter which folder of which machine the sources are in.
        Assert.All(
            ReadSymbols(package, assembly, symbols, LinkedFiles),
            static name => Assert.StartsWith("/_/", name, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Source_Link_leads_to_every_file_of_the_assembly(string package, string assembly, string symbols)
    {
        var (link, linked) = ReadSymbols(package, assembly, symbols, static reader => (LinkOf(reader), LinkedFiles(reader)));

        var (from, to) = Assert.Single(link);
        var commit = (string?)packages.SpecificationOf(package).Descendants()
            .Single(static element => element.Name.LocalName == "repository").Attribute("commit");
        Assert.Equal($"https://raw.githubusercontent.com/example/metaflow/{commit}/*", to);
        Assert.NotEmpty(linked);
        Assert.All(linked, name =>
        {
            Assert.StartsWith(from.TrimEnd('*'), name, StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(Root, name[(from.Length - 1)..])), $"'{name}' is no file of the repository.");
        });
    }

    private T ReadSymbols<T>(string package, string assembly, string extension, Func<MetadataReader, T> read) => packages.Read(
        package,
        Path.ChangeExtension(assembly, ".pdb"),
        stream =>
        {
            using var provider = MetadataReaderProvider.FromPortablePdbStream(stream);
            return read(provider.GetMetadataReader());
        },
        extension);

    private static T Debugging<T>(Stream stream, Func<PEReader, IReadOnlyList<DebugDirectoryEntry>, T> read)
    {
        using var image = new PEReader(stream);
        return read(image, image.ReadDebugDirectory());
    }

    // What the build generates is in no repository: the symbols have it whole.
    private static List<string> LinkedFiles(MetadataReader reader) =>
    [
        .. reader.Documents.Where(document => !IsEmbedded(reader, document))
            .Select(document => reader.GetString(reader.GetDocument(document).Name)),
    ];

    private static bool IsEmbedded(MetadataReader reader, DocumentHandle document) => reader.GetCustomDebugInformation(document)
        .Any(handle => reader.GetGuid(reader.GetCustomDebugInformation(handle).Kind) == EmbeddedSource);

    private static Dictionary<string, string> LinkOf(MetadataReader reader)
    {
        var information = reader.GetCustomDebugInformation(EntityHandle.ModuleDefinition).Select(reader.GetCustomDebugInformation)
            .Single(information => reader.GetGuid(information.Kind) == SourceLink);
        using var json = JsonDocument.Parse(reader.GetBlobBytes(information.Value));
        return json.RootElement.GetProperty("documents").Deserialize<Dictionary<string, string>>()!;
    }
}
