using System.Runtime.Versioning;
using Metaflow.Errors;
using Metaflow.Python.Conda.Archives;

namespace Metaflow.Python.Tests.Conda.Archives;

/// <summary>Packages are unpacked once on a machine, whole, and stay as they are.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class CondaPackageFolderTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static PackageBuilder Large
    {
        get
        {
            var builder = new PackageBuilder("large") { ZstdLevel = 1 };
            for (var i = 0; i < 5000; i++)
            {
                builder.File($"lib/folder{i % 50}/file{i}", $"{i} {new string('x', i % 700)}");
            }

            return builder;
        }
    }

    [Fact]
    public async Task A_package_of_5000_files_is_unpacked_once_by_many_at_the_same_time()
    {
        var (package, path) = Large.Write(_folder.Channel);
        var opened = 0;
        var source = new ArchiveSource("test", (_, _) =>
        {
            Interlocked.Increment(ref opened);
            return new ValueTask<Stream?>(new MemoryStream(File.ReadAllBytes(path)));
        });

        var results = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => _folder.Packages.AddAsync(package, [source], null, Token))));

        Assert.Single(results, static result => result.IsNew);
        Assert.Equal(1, opened);
        Assert.Equal(5000 + 2, results[0].Package.ReadContents().Entries.Count);
        Assert.Empty(results[0].Package.FindDifferences(Token));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_folder.Packages.Root, ".unfinished")));
        Assert.Equal(2, Directory.EnumerateFileSystemEntries(results[0].Package.Place).Count());
    }

    [Fact]
    public async Task What_a_killed_process_left_is_replaced_or_removed()
    {
        var (package, path) = new PackageBuilder("a").File("x", "x").Write(_folder.Channel);
        var name = Path.GetFileName(_folder.Packages.Locate(package).Place);
        var left = Path.Combine(_folder.Packages.Root, ".unfinished", name);
        Directory.CreateDirectory(Path.Combine(left, "a-1.0-0", "x"));
        Directory.CreateDirectory(_folder.Packages.Locate(package).Folder);
        var other = Path.Combine(_folder.Packages.Root, ".unfinished", "b-1-0-0123456789ab");
        Directory.CreateDirectory(other);

        Assert.False(_folder.Packages.Has(package));
        await _folder.ExtractAsync((package, path));
        Assert.False(Directory.Exists(left));
        Assert.True(Directory.Exists(other));
        _folder.Packages.RemoveUnfinished();
        Assert.False(Directory.Exists(other));
        Assert.True(_folder.Packages.Has(package));
    }

    [Fact]
    public async Task Every_byte_of_an_unpacked_package_counts()
    {
        var (package, path) = new PackageBuilder("a").File("x", "some text").Link("l", "x").Folder("empty").Write(_folder.Channel);
        var found = await _folder.ExtractAsync((package, path));
        foreach (var file in Directory.EnumerateFiles(found.Place, "*", SearchOption.AllDirectories)
            .Where(static file => new FileInfo(file).LinkTarget is null).ToList())
        {
            var bytes = File.ReadAllBytes(file);
            for (var at = 0; at < bytes.Length; at++)
            {
                bytes[at] ^= 1;
                File.WriteAllBytes(file, bytes);
                bytes[at] ^= 1;
                Assert.Single(found.FindDifferences(Token));
            }

            File.WriteAllBytes(file, bytes);
            Assert.Empty(found.FindDifferences(Token));
        }
    }

    [Fact]
    public async Task What_was_changed_is_unpacked_again()
    {
        var (package, path) = new PackageBuilder("a").File("bin/x", "x", PackageBuilder.Executable).Link("l", "bin/x").Folder("empty")
            .Write(_folder.Channel);
        var found = await _folder.ExtractAsync((package, path));
        ArchiveSource[] sources = [ArchiveSource.OfFile(path)];
        Assert.False(await _folder.Packages.VerifyAsync(package, [], null, Token));
        var changes = new Action[]
        {
            () => File.SetUnixFileMode(Path.Combine(found.Folder, "bin/x"), PackageBuilder.Plain),
            () => File.Delete(Path.Combine(found.Folder, "bin/x")),
            () => Directory.Delete(Path.Combine(found.Folder, "empty")),
            () =>
            {
                File.Delete(Path.Combine(found.Folder, "l"));
                File.CreateSymbolicLink(Path.Combine(found.Folder, "l"), "bin");
            },
            () =>
            {
                File.Move(Path.Combine(found.Folder, "bin/x"), Path.Combine(found.Folder, "y"));
                File.CreateSymbolicLink(Path.Combine(found.Folder, "bin/x"), "../y");
            },
            () => File.Delete(Path.Combine(found.Place, ExtractedPackage.ContentsFile)),
            () => Directory.Delete(found.Place, recursive: true),
        };
        foreach (var change in changes)
        {
            change();
            Assert.True(await _folder.Packages.VerifyAsync(package, sources, null, Token));
            Assert.False(await _folder.Packages.VerifyAsync(package, sources, null, Token));
        }
    }

    [Fact]
    public async Task A_package_that_is_used_is_not_removed()
    {
        var found = await _folder.ExtractAsync(new PackageBuilder("a").File("x", "12345"));
        var listed = Assert.Single(_folder.Packages.List());
        Assert.Equal(Path.GetFileName(found.Place), listed.Name);
        Assert.True(listed.Length > 5);

        Directory.SetLastWriteTimeUtc(found.Place, DateTime.UnixEpoch);
        _folder.Packages.NoteUse([found]);
        Assert.False(await _folder.Packages.RemoveAsync(listed.Name, DateTimeOffset.UnixEpoch, Token));
        Assert.True(found.Exists);
        Assert.False(await _folder.Packages.RemoveAsync("../../channel", DateTimeOffset.MaxValue, Token));
        Assert.True(await _folder.Packages.RemoveAsync(listed.Name, DateTimeOffset.MaxValue, Token));
        Assert.False(Directory.Exists(found.Place));
        Assert.False(await _folder.Packages.RemoveAsync(listed.Name, DateTimeOffset.MaxValue, Token));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_named()
    {
        var (package, path) = new PackageBuilder("a").File("x", "x").Write(_folder.Channel);
        File.WriteAllText(_folder.Machine, "a file");

        var error = await Assert.ThrowsAsync<EnvironmentException>(() => _folder.ExtractAsync((package, path)));

        Assert.Equal("MF7025", error.Code);
        Assert.Contains(_folder.Machine, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_unpacking_leaves_nothing()
    {
        var (package, path) = Large.Write(_folder.Channel);
        using var cancel = new CancellationTokenSource();
        var read = 0;
        var source = new ArchiveSource("test", (_, _) => new ValueTask<Stream?>(new MemoryStream(File.ReadAllBytes(path))));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _folder.Packages.AddAsync(package, [source], _ =>
        {
            if (read++ == 0)
            {
                cancel.Cancel();
            }
        }, cancel.Token));

        _folder.AssertNothingLeft();
    }
}
