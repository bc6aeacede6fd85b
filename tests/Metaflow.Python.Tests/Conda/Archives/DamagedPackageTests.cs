using Metaflow.Errors;
using Metaflow.Python.Conda.Archives;

namespace Metaflow.Python.Tests.Conda.Archives;

/// <summary>A wrong byte is noticed before anything of a package is used.</summary>
public sealed class DamagedPackageTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static PackageBuilder Small => new PackageBuilder("small").File("bin/x", "#!/bin/sh\nexit 1\n").Link("l", "bin/x");

    [Theory]
    [InlineData((int)CondaFormat.Conda)]
    [InlineData((int)CondaFormat.TarBzip2)]
    public async Task Every_byte_of_a_package_counts(int format)
    {
        var (package, path) = Small.Write(_folder.Channel, (CondaFormat)format);
        var bytes = File.ReadAllBytes(path);
        var known = new[] { package with { Md5 = null }, package with { Sha256 = null } };
        for (var at = 0; at < bytes.Length; at++)
        {
            bytes[at] ^= (byte)(1 << (at % 8));
            var error = await Assert.ThrowsAsync<EnvironmentException>(() => _folder.Packages.AddAsync(
                known[at % 2], [new ArchiveSource("memory", (_, _) => new ValueTask<Stream?>(new MemoryStream(bytes)))], null, Token));
            bytes[at] ^= (byte)(1 << (at % 8));
            Assert.Equal("MF7023", error.Code);
            Assert.False(_folder.Packages.Has(known[at % 2]));
        }

        _folder.AssertNothingLeft();
        Assert.True((await _folder.Packages.AddAsync(package, [ArchiveSource.OfFile(path)], null, Token)).IsNew);
    }

    [Theory]
    [InlineData((int)CondaFormat.Conda)]
    [InlineData((int)CondaFormat.TarBzip2)]
    public async Task Without_hashes_a_wrong_byte_is_noticed_or_changes_nothing(int format)
    {
        var (package, path) = Small.Write(_folder.Channel, (CondaFormat)format);
        var bytes = File.ReadAllBytes(path);
        var right = await ExtractAsync(package.FileName, bytes, "right");
        var noticed = 0;
        for (var at = 0; at < bytes.Length; at++)
        {
            bytes[at] ^= 0x10;
            try
            {
                Assert.Equal(right, await ExtractAsync(package.FileName, bytes, $"wrong{at}"));
            }
            catch (EnvironmentException error)
            {
                Assert.True(error.Code is "MF7060" or "MF7061", error.Message);
                noticed++;
            }

            bytes[at] ^= 0x10;
        }

        Assert.True(noticed > bytes.Length / 2, $"{noticed} of {bytes.Length}");
    }

    [Theory]
    [InlineData((int)CondaFormat.Conda)]
    [InlineData((int)CondaFormat.TarBzip2)]
    public async Task A_file_that_is_cut_off_anywhere_is_refused(int format)
    {
        var (package, path) = Small.Write(_folder.Channel, (CondaFormat)format);
        var bytes = File.ReadAllBytes(path);
        for (var length = 0; length < bytes.Length; length++)
        {
            var error = await Assert.ThrowsAsync<EnvironmentException>(
                () => ExtractAsync(package.FileName, bytes[..length], $"cut{length}"));

            // bzip2 gives what it reads before it compares the checksum: an entry may look as if it led out.
            Assert.True(error.Code is "MF7060" or "MF7061", error.Message);
        }
    }

    [Fact]
    public async Task A_length_or_a_hash_that_differs_is_named()
    {
        var (package, path) = Small.Write(_folder.Channel);
        foreach (var (wrong, text) in new[]
        {
            (package with { Length = 7 }, "7 are expected"), (package with { Sha256 = new string('a', 64) }, "SHA-256"),
            (package with { Md5 = new string('b', 32) }, "MD5"),
        })
        {
            var error = await Assert.ThrowsAsync<EnvironmentException>(
                () => _folder.Packages.AddAsync(wrong, [ArchiveSource.OfFile(path)], null, Token));
            Assert.Equal("MF7023", error.Code);
            Assert.Contains(text, error.Message, StringComparison.Ordinal);
        }

        var upper = package with { Sha256 = package.Sha256!.ToUpperInvariant(), Md5 = package.Md5!.ToUpperInvariant() };
        Assert.True((await _folder.Packages.AddAsync(upper, [ArchiveSource.OfFile(path)], null, Token)).IsNew);
        Assert.True(_folder.Packages.Has(package));
    }

    [Fact]
    public async Task A_damaged_place_is_passed_over()
    {
        var (package, path) = Small.Write(_folder.Channel);
        var damaged = Path.Combine(_folder.Channel, "damaged");
        File.WriteAllBytes(damaged, [1, 2, 3]);
        ArchiveSource[] sources = [ArchiveSource.OfFile(Path.Combine(_folder.Channel, "none")), ArchiveSource.OfFile(damaged)];

        var error = await Assert.ThrowsAsync<EnvironmentException>(() => _folder.Packages.AddAsync(package, sources, null, Token));
        Assert.Equal("MF7023", error.Code);
        Assert.Contains(damaged, error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<EnvironmentException>(() => _folder.Packages.AddAsync(package, sources[..1], null, Token));
        Assert.Equal("MF7022", error.Code);
        error = await Assert.ThrowsAsync<EnvironmentException>(() => _folder.Packages.AddAsync(package, [], null, Token));
        Assert.Equal("MF7022", error.Code);
        Assert.True((await _folder.Packages.AddAsync(package, [.. sources, ArchiveSource.OfFile(path)], null, Token)).IsNew);
    }

    private async Task<string> ExtractAsync(string fileName, byte[] bytes, string name)
    {
        var target = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(target);
        using var file = new MemoryStream(bytes);
        var entries = await PackageExtraction.ExtractAsync(file, fileName, target, false, Token);
        return string.Join('\n', entries);
    }
}
