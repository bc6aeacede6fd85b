using System.IO.Compression;
using Metaflow.Environments.Packages;
using Metaflow.Environments.Records;
using Metaflow.Errors;
using Metaflow.Running;

namespace Metaflow.Environments.Tests.Packages;

/// <summary>Packages are unpacked once on a machine, whole, and only if they are those that were locked.</summary>
public sealed class PackageFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("metaflow-packages-").FullName;
    private int _opened;

    private PackageFolder Folder => new(Path.Combine(_folder, "environments"), TimeProvider.System);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_package_is_unpacked_once_by_many_at_the_same_time()
    {
        var (package, file) = Make("lib/net10.0/Acme.dll");

        var unpacked = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => AddAsync(package, Source(file)))));

        Assert.Single(unpacked, static was => was);
        Assert.Equal(1, _opened);
        Assert.True(Folder.Has(package));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Folder.Root, ".unfinished")));
    }

    [Fact]
    public async Task What_a_killed_process_left_is_replaced()
    {
        var (package, file) = Make("lib/net10.0/Acme.dll");
        var left = Path.Combine(Folder.Root, ".unfinished", PackageFolder.PathOf(package).Replace('/', '.'), "lib", "net10.0");
        Directory.CreateDirectory(left);
        await File.WriteAllTextAsync(Path.Combine(left, "Acme.dll"), "half", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Path.Combine(Folder.Root, PackageFolder.PathOf(package)));

        await Folder.AddAsync(package, [Source(file)], static _ => { }, TestContext.Current.CancellationToken);

        Assert.Equal(
            "content of lib/net10.0/Acme.dll",
            await File.ReadAllTextAsync(
                Path.Combine(Folder.Root, PackageFolder.PathOf(package), "lib/net10.0/Acme.dll"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Progress_is_told_at_the_beginning_ten_times_a_second_at_most_and_at_the_end()
    {
        var (package, _) = Make("lib/net10.0/Acme.dll");
        var told = new List<RunEvent.PackageProgress>();
        var reports = new PackageReports(new Observer(told), new StandingTime());
        using (var tally = reports.Begin(PackagePhase.Unpacking, [package]))
        {
            tally.Note(package, 1);
            tally.Finish(package);
        }

        // No time has passed.
        Assert.Equal(
            [(0, 1, 0L, package.Length, false), (1, 1, package.Length, package.Length, true)], told.Select(Facts));
    }

    [Fact]
    public async Task A_damaged_copy_is_passed_over_and_named_if_there_is_no_other()
    {
        var (package, file) = Make("lib/net10.0/Acme.dll");
        var damaged = new PackageSource("the damaged place", (_, _) => Task.FromResult<Stream?>(new MemoryStream([1, 2, 3])));

        var error = await Assert.ThrowsAsync<EnvironmentException>(() => AddAsync(package, damaged));

        Assert.Equal(ErrorCodes.PackageDamaged, error.Code);
        Assert.Contains("the damaged place", error.Why, StringComparison.Ordinal);
        Assert.False(Folder.Has(package));
        Assert.True(await Folder.AddAsync(package, [damaged, Source(file)], static _ => { }, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_package_that_is_nowhere_is_named_with_the_places()
    {
        var (package, _) = Make("lib/net10.0/Acme.dll");
        var empty = new PackageSource("the empty place", static (_, _) => Task.FromResult<Stream?>(null));

        var error = await Assert.ThrowsAsync<EnvironmentException>(() => AddAsync(package, empty));

        Assert.Equal(ErrorCodes.PackageMissing, error.Code);
        Assert.Contains("the empty place", error.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../outside.dll")]
    [InlineData("/outside.dll")]
    public async Task A_record_that_names_a_file_outside_of_the_package_is_refused(string path)
    {
        var (package, file) = Make(path);

        var error = await Assert.ThrowsAsync<EnvironmentException>(() => AddAsync(package, Source(file)));

        Assert.Equal(ErrorCodes.PackageDamaged, error.Code);
        Assert.Empty(Directory.EnumerateFiles(_folder, "outside.dll", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_named()
    {
        var (package, file) = Make("lib/net10.0/Acme.dll");
        await File.WriteAllTextAsync(Path.Combine(_folder, "environments"), "a file", TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<EnvironmentException>(() => AddAsync(package, Source(file)));

        Assert.Equal(ErrorCodes.NoRoomForPackages, error.Code);
    }

    private Task<bool> AddAsync(NuGetPackage package, PackageSource source)
        => Folder.AddAsync(package, [source], static _ => { }, TestContext.Current.CancellationToken);

    private PackageSource Source(string file) => new("the file", (_, _) =>
    {
        Interlocked.Increment(ref _opened);
        return Task.FromResult<Stream?>(File.OpenRead(file));
    });

    private (NuGetPackage Package, string File) Make(string path)
    {
        var file = Path.Combine(_folder, $"{Guid.NewGuid():N}.nupkg");
        using (var archive = ZipFile.Open(file, ZipArchiveMode.Create))
        {
            using var content = new StreamWriter(archive.CreateEntry(path).Open());
            content.Write($"content of {path}");
        }

        var package = new NuGetPackage("Acme", "1.0.0", "test")
        {
            ContentHash = ContentHash.Of(file),
            Sha256 = PackageBytes.Sha256(file),
            Length = new FileInfo(file).Length,
            Assets = [new NuGetAsset(NuGetAssetKind.Assembly, path)],
        };
        return (package, file);
    }

    private static (int Packages, int AllPackages, long Bytes, long AllBytes, bool IsOver) Facts(RunEvent.PackageProgress progress)
        => (progress.Packages, progress.AllPackages, progress.Bytes, progress.AllBytes, progress.IsOver);

    private sealed class StandingTime : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }

    private sealed class Observer(List<RunEvent.PackageProgress> told) : IRunObserver
    {
        public void OnEvent(RunEvent runEvent) => told.Add((RunEvent.PackageProgress)runEvent);
    }
}
