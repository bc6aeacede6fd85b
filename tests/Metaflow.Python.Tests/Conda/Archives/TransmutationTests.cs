using System.Diagnostics;
using System.IO.Compression;
using Metaflow.Errors;
using Metaflow.Python.Conda.Archives;

namespace Metaflow.Python.Tests.Conda.Archives;

/// <summary>A package is the same in both formats, and its file the same each time it is written.</summary>
public sealed class TransmutationTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static PackageBuilder Package => new PackageBuilder("hello", "0.1", "py_0")
        .File("lib/z", new string('z', 100_000)).File("bin/hello", "#!/bin/sh\n", PackageBuilder.Executable)
        .Link("lib/l", "z").HardLink("lib/a", "lib/z").File($"share/{new string('n', 150)}", "long").Folder("var/empty")
        .File("share/名", "unicode").Folder("lib").File("lib-x", "beside").Info("about.json", "{}");

    [Theory]
    [InlineData((int)CondaFormat.Conda, (int)CondaFormat.TarBzip2)]
    [InlineData((int)CondaFormat.TarBzip2, (int)CondaFormat.Conda)]
    [InlineData((int)CondaFormat.Conda, (int)CondaFormat.Conda)]
    public async Task A_package_is_the_same_in_the_other_format(int from, int to)
    {
        var (package, path) = Package.Write(_folder.Channel, (CondaFormat)from);
        var name = new CondaFileName("hello-0.1-py_0", (CondaFormat)to);
        var targets = new[] { "one", "two" }.Select(folder => Path.Combine(_folder.Path, folder, name.Stem + name.Extension)).ToList();
        var made = new List<PackageHashes>();
        foreach (var target in targets)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            made.Add(await new CondaTransmutation(new()).ConvertAsync(package, ArchiveSource.OfFile(path), target, Token));
            Assert.Single(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(target)!));
        }

        Assert.Equal(made[0], made[1]);
        Assert.Equal(File.ReadAllBytes(targets[0]), File.ReadAllBytes(targets[1]));
        var before = await _folder.ExtractAsync((package, path));
        var after = await _folder.ExtractAsync((new ExpectedPackage(Path.GetFileName(targets[0])) { Sha256 = made[0].Sha256 }, targets[0]));
        Assert.Equal(Shown(before), Shown(after));
    }

    [Fact]
    public async Task A_conda_file_has_what_the_package_says_apart()
    {
        var (package, path) = Package.Write(_folder.Channel, CondaFormat.TarBzip2);
        var target = Path.Combine(_folder.Path, "hello-0.1-py_0.conda");
        await new CondaTransmutation(new()).ConvertAsync(package, ArchiveSource.OfFile(path), target, Token);

        using var zip = ZipFile.OpenRead(target);
        Assert.Equal(
            ["metadata.json", "pkg-hello-0.1-py_0.tar.zst", "info-hello-0.1-py_0.tar.zst"],
            zip.Entries.Select(static entry => entry.FullName));
        Assert.All(zip.Entries, static entry => Assert.Equal(entry.Length, entry.CompressedLength));
        Assert.Equal(["info/about.json", "info/index.json", "info/paths.json"], NamesIn(zip.Entries[2]));
        Assert.DoesNotContain(NamesIn(zip.Entries[1]), static name => name.StartsWith("info", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_fixed_time_is_that_of_all_entries()
    {
        var (package, path) = Package.Write(_folder.Channel);
        var target = Path.Combine(_folder.Path, "hello-0.1-py_0.tar.bz2");
        var options = new TransmutationOptions { ModifiedAt = DateTimeOffset.UnixEpoch };
        var made = await new CondaTransmutation(options).ConvertAsync(package, ArchiveSource.OfFile(path), target, Token);

        var found = await _folder.ExtractAsync((new ExpectedPackage("hello-0.1-py_0.tar.bz2") { Md5 = made.Md5 }, target));

        Assert.All(
            found.ReadContents().Entries.Where(static entry => entry.Kind == EntryKind.File),
            static entry => Assert.Equal(0, entry.ModifiedAt));
    }

    [Fact]
    public async Task A_package_without_files_is_one_too()
    {
        var (package, path) = new PackageBuilder("meta").Write(_folder.Channel, CondaFormat.TarBzip2);
        var target = Path.Combine(_folder.Path, "meta-1.0-0.conda");
        var made = await new CondaTransmutation(new()).ConvertAsync(package, ArchiveSource.OfFile(path), target, Token);

        var found = await _folder.ExtractAsync((new ExpectedPackage("meta-1.0-0.conda") { Sha256 = made.Sha256 }, target));

        Assert.Equal(["info/index.json", "info/paths.json"], found.ReadContents().Entries.Select(static entry => entry.Path));
    }

    [Fact]
    public async Task A_damaged_package_is_not_written_anew()
    {
        var (package, path) = Package.Write(_folder.Channel);
        var target = Path.Combine(_folder.Path, "out", "hello-0.1-py_0.tar.bz2");
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);

        var error = await Assert.ThrowsAsync<EnvironmentException>(() => new CondaTransmutation(new()).ConvertAsync(
            package with { Md5 = new string('0', 32) }, ArchiveSource.OfFile(path), target, Token));

        Assert.Equal("MF7023", error.Code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(target)!));
    }

    [Fact]
    public async Task The_tool_of_conda_reads_and_writes_the_same_packages()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("METAFLOW_LONG_TESTS") == "1", "It is one of the long tests: 'eng/test.sh --all'.");
        var tool = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(static folder => Path.Combine(folder, "cph"))
            .FirstOrDefault(File.Exists);
        Assert.SkipWhen(tool is null, "The tool 'cph' of the package conda-package-handling is not on PATH.");
        foreach (var format in new[] { CondaFormat.Conda, CondaFormat.TarBzip2 })
        {
            var (package, path) = Package.Write(_folder.Channel, format);
            var own = await _folder.ExtractAsync((package, path));
            var other = Path.Combine(_folder.Path, $"other{format}");
            var name = new CondaFileName("hello-0.1-py_0", format == CondaFormat.Conda ? CondaFormat.TarBzip2 : CondaFormat.Conda);
            var target = Path.Combine(_folder.Path, name.Stem + name.Extension);
            var made = await new CondaTransmutation(new()).ConvertAsync(package, ArchiveSource.OfFile(path), target, Token);

            // What we write, it reads.
            await RunAsync(tool!, "extract", target, "--dest", other);
            Assert.Equal(FilesOf(own.Folder), FilesOf(other));

            // What it writes, we read.
            var packed = Path.Combine(_folder.Path, $"packed{format}");
            Directory.CreateDirectory(packed);
            var packedFile = Path.Combine(packed, Path.GetFileName(path));
            await RunAsync(tool!, "create", other, Path.GetFileName(path), "--out-folder", packed);
            var again = await _folder.ExtractAsync(PackageBuilder.Save(packed, Path.GetFileName(path), File.ReadAllBytes(packedFile)));
            Assert.Equal(FilesOf(own.Folder), FilesOf(again.Folder));
            Assert.NotEmpty(made.Md5);
        }
    }

    private static async Task RunAsync(string tool, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardError = true })!;
        var errors = await process.StandardError.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        Assert.True(process.ExitCode == 0, errors);
    }

    private static List<string> FilesOf(string folder) =>
    [
        .. new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Select(file
            => $"{Path.GetRelativePath(folder, file.FullName)} {file.LinkTarget ?? file.UnixFileMode + " " + file.Length}"
                + (file.LinkTarget is null
                    ? file.LastWriteTimeUtc.ToString("O") + Convert.ToHexString(File.ReadAllBytes(file.FullName)) : ""))
            .Order(StringComparer.Ordinal),
    ];

    private static List<string> NamesIn(ZipArchiveEntry entry)
    {
        using var content = new ZstdSharp.DecompressionStream(entry.Open());
        using var tar = new System.Formats.Tar.TarReader(content);
        var names = new List<string>();
        while (tar.GetNextEntry() is { } one)
        {
            names.Add(one.Name);
        }

        return names;
    }

    // Which of two names of a file comes first, and folders above files, are matters of the archive alone.
    private static List<string> Shown(ExtractedPackage package) =>
    [
        .. package.ReadContents().Entries.Where(static entry => entry.Path != "lib")
            .Select(static entry => $"{entry with { Target = entry.Kind == EntryKind.File ? "" : entry.Target }}"),
    ];
}
