using System.Diagnostics;
using Metaflow.Errors;
using Metaflow.Python.Conda.Archives;
using Metaflow.Python.Conda.Linking;
using Metaflow.Python.Tests.Conda.Archives;

namespace Metaflow.Python.Tests.Conda.Linking;

/// <summary>An environment is complete or is recognized as incomplete, whoever is killed and however many make it.</summary>
public sealed class InterruptedLinkTests : IDisposable
{
    private const string ChildVariable = "METAFLOW_TEST_CONDA_CHILD";
    private readonly LinkerFixture _made = new();

    public void Dispose() => _made.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static int Children => Environment.GetEnvironmentVariable("METAFLOW_LONG_TESTS") == "1" ? 12 : 4;

    [Fact]
    public async Task An_environment_is_made_once()
    {
        var first = await _made.LinkAsync(Many(200));
        var written = File.GetLastWriteTimeUtc(_made.At("conda-meta/history"));
        var second = await _made.LinkAsync(Many(200));

        Assert.False(first.WasThere);
        Assert.True(second.WasThere);
        Assert.Equal(first with { WasThere = true, Counts = default }, second with
        {
            Packages = first.Packages,
            Shared = first.Shared,
            Replaced = first.Replaced,
            Scripts = first.Scripts,
            Unsigned = first.Unsigned
        });
        Assert.Equal(written, File.GetLastWriteTimeUtc(_made.At("conda-meta/history")));
        Assert.True(CondaLinker.IsComplete(_made.Prefix, first.Identity));
        Assert.False(CondaLinker.IsComplete(_made.Prefix, "other"));
        Assert.False(CondaLinker.IsComplete(_made.Prefix + "2"));
    }

    [Fact]
    public async Task An_environment_that_was_interrupted_is_made_again()
    {
        await _made.LinkAsync(Many(50));
        var shown = LinkerFixture.Shown(_made.Prefix);
        File.Delete(_made.At("conda-meta/.metaflow-complete"));
        File.WriteAllText(_made.At("conda-meta/.metaflow-unfinished"), "");
        File.WriteAllText(_made.At("lib/folder0/leftover"), "");
        File.Delete(_made.At("lib/folder1/file1"));
        Assert.False(CondaLinker.IsComplete(_made.Prefix));

        Assert.False((await _made.LinkAsync(Many(50))).WasThere);

        Assert.Equal(shown, LinkerFixture.Shown(_made.Prefix));
    }

    [Theory]
    [InlineData("file")]
    [InlineData("conda-meta/history")]
    public async Task A_folder_of_somebody_else_is_not_touched(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_made.At(file))!);
        File.WriteAllText(_made.At(file), "mine");

        Assert.Equal("MF7043", (await Assert.ThrowsAsync<EnvironmentException>(() => _made.LinkAsync(Many(1)))).Code);
        Assert.Equal("mine", File.ReadAllText(_made.At(file)));
    }

    [Fact]
    public async Task Another_environment_is_not_replaced()
    {
        await _made.LinkAsync(Many(1));
        Assert.Equal("MF7043", (await Assert.ThrowsAsync<EnvironmentException>(() => _made.LinkAsync(Many(2)))).Code);
        Assert.Equal("", await _made.DifferencesAsync());
    }

    [Fact]
    public async Task Empty_folders_are_free()
    {
        Directory.CreateDirectory(_made.At("conda-meta"));
        await _made.LinkAsync(Many(1));
        Assert.Equal("", await _made.DifferencesAsync());
    }

    [Fact]
    public async Task What_fails_leaves_nothing()
    {
        var package = await _made.PackageAsync(Many(100));
        File.Delete(Path.Combine(package.Package.Folder, "lib/folder0/file50"));

        var error = await Assert.ThrowsAsync<EnvironmentException>(
            () => _made.Linker.LinkAsync([package], _made.Prefix, _made.Options, Token));

        Assert.Equal("MF7045", error.Code);
        Assert.False(Directory.Exists(_made.Prefix));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _made.Linker.LinkAsync([package], _made.Prefix, _made.Options, cancelled.Token));
        Assert.False(Directory.Exists(_made.Prefix));
    }

    [Fact]
    public async Task Many_tasks_make_one_environment()
    {
        var package = await _made.PackageAsync(Many(300));

        var reports = await Task.WhenAll(Enumerable.Range(0, 8).Select(
            _ => Task.Run(() => _made.Linker.LinkAsync([package], _made.Prefix, _made.Options, Token))));

        Assert.Single(reports, static report => !report.WasThere);
        Assert.Equal("", await _made.DifferencesAsync());
    }

    [Fact]
    public async Task Many_processes_half_of_them_killed_make_one_environment()
    {
        var (package, path) = Many(2000).Write(_made.Folder.Channel);
        var random = new Random(1);
        var tests = typeof(InterruptedLinkTests).Assembly.Location;
        var children = Enumerable.Range(0, Children).Select(_ =>
        {
            var start = new ProcessStartInfo(
                Environment.ProcessPath!,
                Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal)
                    ? ["exec", tests, "--filter-method", $"*{nameof(The_work_of_one_of_many_processes)}"]
                    : ["--filter-method", $"*{nameof(The_work_of_one_of_many_processes)}"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment[ChildVariable] = string.Join('|', _made.Folder.Machine, package.FileName, package.Sha256, path, _made.Prefix);
            return Process.Start(start)!;
        }).ToList();
        var ends = children.Select(async (child, number) =>
        {
            using (child)
            {
                var output = child.StandardOutput.ReadToEndAsync(Token);
                _ = child.StandardError.ReadToEndAsync(Token);
                if (number % 2 == 0)
                {
                    // Once it is at work, at any moment of it.
                    while (!child.HasExited && !Directory.Exists(_made.Folder.Machine))
                    {
                        await Task.Delay(5, Token);
                    }

                    await Task.Delay(random.Next(400), Token);
                    child.Kill();
                }

                await child.WaitForExitAsync(Token);
                return number % 2 == 0 || child.ExitCode == 0 ? "" : await output;
            }
        });

        Assert.All(await Task.WhenAll(ends), static end => Assert.Equal("", end));
        Assert.True(CondaLinker.IsComplete(_made.Prefix));
        Assert.Equal("", await _made.DifferencesAsync());
        Assert.Equal(2000, Directory.EnumerateFiles(_made.At("lib"), "*", SearchOption.AllDirectories).Count());
        _made.Folder.Packages.RemoveUnfinished();
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_made.Folder.Packages.Root, ".unfinished")));
    }

    [Fact]
    public async Task The_work_of_one_of_many_processes()
    {
        if (Environment.GetEnvironmentVariable(ChildVariable)?.Split('|') is not [var machine, var file, var sha256, var path, var prefix])
        {
            return;
        }

        var packages = new CondaPackageFolder(machine, TimeProvider.System);
        var (package, _) = await packages.AddAsync(
            new ExpectedPackage(file) { Sha256 = sha256 }, [ArchiveSource.OfFile(path)], null, Token);
        await new CondaLinker(machine, TimeProvider.System).LinkAsync(
            [new PackageToLink(package)], prefix, new LinkOptions("linux-64"), Token);
    }

    private static PackageBuilder Many(int count)
    {
        var builder = new PackageBuilder("many") { ZstdLevel = 1 };
        for (var i = 0; i < count; i++)
        {
            var path = $"lib/folder{i % 10}/file{i}";
            _ = i % 7 == 0 ? builder.Text(path, $"{i} {LinkerFixture.Placeholder}", LinkerFixture.Placeholder) : builder.File(path, $"{i}");
        }

        return builder;
    }
}
