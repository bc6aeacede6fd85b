using Metaflow.Core.Tests.Storage;
using Metaflow.Python.Conda.Archives;

namespace Metaflow.Python.Tests.Conda.Archives;

/// <summary>A folder of a machine for environments, with packages in it.</summary>
internal sealed class TestFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.Path;

    public string Machine => System.IO.Path.Combine(Path, "machine");

    public string Channel => System.IO.Path.Combine(Path, "channel");

    public CondaPackageFolder Packages => new(Machine, TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    public async Task<ExtractedPackage> ExtractAsync(PackageBuilder builder, CondaFormat format = CondaFormat.Conda)
        => await ExtractAsync(builder.Write(Channel, format));

    public async Task<ExtractedPackage> ExtractAsync((ExpectedPackage Package, string Path) file, CondaPackageFolder? packages = null)
        => (await (packages ?? Packages).AddAsync(file.Package, [ArchiveSource.OfFile(file.Path)], null, Token)).Package;

    /// <summary>Asserts that nothing is left of a package that was not unpacked.</summary>
    public void AssertNothingLeft()
    {
        Assert.Empty(Directory.Exists(Packages.Root)
            ? Directory.EnumerateFiles(Packages.Root, "*", SearchOption.AllDirectories) : []);
        Assert.All(
            Directory.EnumerateDirectories(Packages.Root), static place => Assert.EndsWith(".unfinished", place, StringComparison.Ordinal));
        Assert.Empty(Directory.EnumerateFileSystemEntries(System.IO.Path.Combine(Packages.Root, ".unfinished")));
        Assert.Equal(
            [Channel, Machine], Directory.EnumerateFileSystemEntries(Path).Order(StringComparer.Ordinal));
    }
}
