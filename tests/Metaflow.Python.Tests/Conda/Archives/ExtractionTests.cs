using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.Versioning;
using Metaflow.Errors;
using Metaflow.Python.Conda.Archives;

namespace Metaflow.Python.Tests.Conda.Archives;

/// <summary>Packages of both formats are unpacked as they were packed.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ExtractionTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData((int)CondaFormat.Conda, TarEntryFormat.Pax)]
    [InlineData((int)CondaFormat.Conda, TarEntryFormat.Gnu)]
    [InlineData((int)CondaFormat.TarBzip2, TarEntryFormat.Pax)]
    [InlineData((int)CondaFormat.TarBzip2, TarEntryFormat.Gnu)]
    public async Task Everything_of_a_package_is_unpacked(int format, TarEntryFormat tarFormat)
    {
        var longName = $"share/{new string('a', 120)}/{new string('b', 200)}/ünïcode 名.txt";
        var builder = new PackageBuilder("hello") { TarFormat = tarFormat }
            .File("bin/hello", "#!/bin/sh\n", (UnixFileMode)0b110_111_101_101 | UnixFileMode.SetUser | UnixFileMode.OtherWrite)
            .File("lib/libhello.so.1", new byte[300_000])
            .Link("lib/libhello.so", "libhello.so.1")
            .Link("share/up", "../lib/libhello.so")
            .HardLink("bin/hello2", "bin/hello")
            .File("empty", "")
            .File("./share//doc/./x.txt", "x")
            .File(longName, "long")
            .Folder("var/empty");

        var package = await _folder.ExtractAsync(builder, (CondaFormat)format);

        string At(string path) => Path.Combine(package.Folder, path);
        Assert.Equal(PackageBuilder.Executable, File.GetUnixFileMode(At("bin/hello")));
        Assert.Equal(PackageBuilder.Plain, File.GetUnixFileMode(At("empty")));
        Assert.Equal(PackageBuilder.ModifiedAt.UtcDateTime, File.GetLastWriteTimeUtc(At("bin/hello")));
        Assert.Equal(300_000, new FileInfo(At("lib/libhello.so.1")).Length);
        Assert.Equal("libhello.so.1", new FileInfo(At("lib/libhello.so")).LinkTarget);
        Assert.Equal("#!/bin/sh\n", File.ReadAllText(At("bin/hello2")));
        Assert.Equal("long", File.ReadAllText(At(longName)));
        Assert.Equal("x", File.ReadAllText(At("share/doc/x.txt")));
        Assert.True(Directory.Exists(At("var/empty")));
        Assert.Empty(package.FindDifferences(TestContext.Current.CancellationToken));
        File.AppendAllText(At("bin/hello"), "# more");
        Assert.Equal(["bin/hello", "bin/hello2"], package.FindDifferences(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression, false)]
    [InlineData(CompressionLevel.Optimal, false)]
    [InlineData(CompressionLevel.Optimal, true)]
    public async Task Members_of_a_zip_may_be_compressed_and_in_any_order(CompressionLevel level, bool isInfoFirst)
    {
        var package = await _folder.ExtractAsync(
            new PackageBuilder("hello") { ZipLevel = level, IsInfoFirst = isInfoFirst }.File("a/b", "content"));

        Assert.Equal("content", File.ReadAllText(Path.Combine(package.Folder, "a/b")));
        Assert.True(File.Exists(Path.Combine(package.Folder, "info/index.json")));
    }

    [Fact]
    public async Task Several_streams_of_bzip2_are_one_package()
    {
        var tar = new PackageBuilder("hello").File("a", new string('x', 5000)).Tar(withInfo: true, withFiles: true);
        byte[] bytes = [.. PackageBuilder.Bzip2(tar[..1700]), .. PackageBuilder.Bzip2(tar[1700..])];

        var package = await _folder.ExtractAsync(PackageBuilder.Save(_folder.Channel, "hello-1.0-0.tar.bz2", bytes));

        Assert.Equal(5000, new FileInfo(Path.Combine(package.Folder, "a")).Length);
    }

    [Fact]
    public async Task Several_frames_of_zstd_are_one_package()
    {
        var builder = new PackageBuilder("hello").File("a", new string('x', 5000));
        var files = builder.Tar(withInfo: false, withFiles: true);
        var path = Path.Combine(_folder.Path, "zip");
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            foreach (var (name, content) in new[]
            {
                ("pkg-x.tar.zst", (byte[])[.. builder.Zstd(files[..1000]), .. builder.Zstd(files[1000..])]),
                ("info-x.tar.zst", builder.Zstd(builder.Tar(withInfo: true, withFiles: false))),
                ("extra.sig", [1, 2, 3]),
            })
            {
                using var member = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
                member.Write(content);
            }
        }

        var package = await _folder.ExtractAsync(PackageBuilder.Save(_folder.Channel, "hello-1.0-0.conda", File.ReadAllBytes(path)));

        Assert.Equal(5000, new FileInfo(Path.Combine(package.Folder, "a")).Length);
    }

    [Theory]
    [InlineData("""{"conda_pkg_format_version": 3}""", "format 3")]
    [InlineData("""{"conda_pkg_format_version": "two"}""", "damaged")]
    [InlineData("nothing", "damaged")]
    public async Task A_format_that_is_not_known_is_refused(string metadata, string why)
    {
        var builder = new PackageBuilder("hello").File("a", "x");
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            using (var member = new StreamWriter(zip.CreateEntry("metadata.json").Open()))
            {
                member.Write(metadata);
            }

            using var files = zip.CreateEntry("pkg-x.tar.zst").Open();
            files.Write(builder.Zstd(builder.Tar(withInfo: false, withFiles: true)));
        }

        await RefusedAsync("hello-1.0-0.conda", bytes.ToArray(), why);
    }

    [Theory]
    [InlineData("hello-1.0-0.conda")]
    [InlineData("hello-1.0-0.tar.bz2")]
    public async Task What_is_no_package_is_refused(string name)
    {
        foreach (var bytes in new byte[][] { [], [0], new byte[100_000], "<html>not found</html>"u8.ToArray() })
        {
            await RefusedAsync(name, bytes, "damaged");
        }
    }

    [Fact]
    public void A_name_that_is_no_packages_is_refused()
    {
        foreach (var name in new[] { "hello.zip", ".conda", "a/b.conda", "", "x.tar.gz" })
        {
            Assert.Equal("MF7060", Assert.Throws<EnvironmentException>(() => CondaFileName.Parse(name)).Code);
        }
    }

    private async Task RefusedAsync(string name, byte[] bytes, string why)
    {
        var file = PackageBuilder.Save(_folder.Channel, name, bytes);
        var error = await Assert.ThrowsAsync<EnvironmentException>(() => _folder.ExtractAsync(file));
        Assert.Equal("MF7060", error.Code);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        _folder.AssertNothingLeft();
    }
}
