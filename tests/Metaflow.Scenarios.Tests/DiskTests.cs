using System.Diagnostics;

namespace Metaflow.Scenarios.Tests;

public sealed class DiskTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_disk_that_fills_up_during_a_run_fails_it_with_one_clear_error_and_keeps_what_was_acknowledged()
    {
        using var disk = SmallDisk.Mount(_place.Folder, "size=600k");
        var outcome = await _place.RunAsync("ForeachFlow", "--datastore-root", disk.Folder, "run", "--count", "40");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Matches("MF4001|MF5002", outcome.Output + outcome.Errors);
        Assert.Contains("is full", outcome.Output + outcome.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", outcome.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("MF9001", outcome.Output + outcome.Errors, StringComparison.Ordinal);

        var acknowledged = outcome.Output.Split('\n')
            .Where(static line => line.EndsWith("Task finished successfully.", StringComparison.Ordinal)).ToList();
        _place.Environment["METAFLOW_DATASTORE_SYSROOT_LOCAL"] = disk.Folder;
        var run = _place.Client().Flow("ForeachFlow").LatestRun!;
        Assert.InRange(run.Tasks.Count(static task => task.Successful), acknowledged.Count, 42);
        Assert.All(
            run.Step("work").Tasks.Where(static task => task.Successful),
            task => Assert.Equal(task.Index * task.Index, task.Data.Get<int>("square")));
    }

    [Fact]
    public async Task A_folder_that_may_not_be_written_to_fails_the_run_before_it_starts()
    {
        using var disk = SmallDisk.Mount(_place.Folder, "size=600k,ro");
        var outcome = await _place.RunAsync("LinearFlow", "--datastore-root", disk.Folder, "run");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("read-only", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("MF5002", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_settings_file_that_is_wrong_is_an_error_with_a_code()
    {
        Directory.CreateDirectory(Path.Combine(_place.Folder, "home"));
        File.WriteAllText(Path.Combine(_place.Folder, "home", "config.json"), "{ not json");
        _place.Environment["METAFLOW_HOME"] = Path.Combine(_place.Folder, "home");
        var outcome = await _place.RunAsync("LinearFlow", "run");
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains("MF20", outcome.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Errors, StringComparison.Ordinal);
    }

    /// <summary>A file system in memory of a few hundred kilobytes.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private SmallDisk(string folder) => Folder = folder;

        public string Folder { get; }

        public static SmallDisk Mount(string parent, string options)
        {
            var folder = Directory.CreateDirectory(Path.Combine(parent, "disk")).FullName;
            using var mount = Process.Start(new ProcessStartInfo("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder])
            {
                RedirectStandardError = true,
            })!;
            var reason = mount.StandardError.ReadToEnd();
            mount.WaitForExit();
            Assert.SkipUnless(mount.ExitCode == 0, $"A small file system cannot be mounted here: {reason}");
            return new SmallDisk(folder);
        }

        public void Dispose()
        {
            using var unmount = Process.Start("umount", [Folder]);
            unmount.WaitForExit();
        }
    }
}
