using System.Text.Json;

namespace Metaflow.Tool.Tests;

public sealed class FsckTests : IDisposable
{
    private readonly ToolPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task It_says_what_there_is_and_that_there_is_no_fault()
    {
        await _place.AddRunAsync("AFlow", "1");
        await _place.AddRunAsync("BFlow", "2");
        var all = await _place.RunAsync("fsck");
        Assert.Equal((0, ""), (all.ExitCode, all.Error));
        Assert.Equal(
            "AFlow: 1 run, 0 tasks, 0 attempts (0 complete), 0 blobs of 0 B.\n"
                + "BFlow: 1 run, 0 tasks, 0 attempts (0 complete), 0 blobs of 0 B.\n0 faults, 0 leftovers.\n",
            all.Out);
        Assert.DoesNotContain("AFlow", (await _place.RunAsync("fsck", "BFlow")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_has_its_code_its_place_and_what_to_do_and_the_exit_code_says_that_there_is_one()
    {
        await _place.AddRunAsync("AFlow", "1");
        await File.WriteAllTextAsync(
            Path.Combine(_place.Folder, ".metaflow", "AFlow", "1", "_meta", "_self.json"), "{", TestContext.Current.CancellationToken);
        var text = await _place.RunAsync("fsck", "AFlow");
        Assert.Equal(1, text.ExitCode);
        Assert.Contains("  fault    AFlow/1/_meta/_self.json [MF5001]\n", text.Out, StringComparison.Ordinal);
        Assert.Contains("Restore it from a copy of the datastore, or run the flow again.\n", text.Out, StringComparison.Ordinal);
        Assert.EndsWith("1 fault, 0 leftovers.\n", text.Out, StringComparison.Ordinal);

        var json = await _place.RunAsync("fsck", "--json");
        Assert.Equal(1, json.ExitCode);
        var root = JsonDocument.Parse(json.Out).RootElement;
        Assert.Equal(1, root.GetProperty("faults").GetInt32());
        var found = root.GetProperty("flows")[0].GetProperty("found")[0];
        Assert.Equal(
            ("fault", "MF5001", "AFlow/1/_meta/_self.json", false),
            (found.GetProperty("kind").GetString(), found.GetProperty("code").GetString(), found.GetProperty("path").GetString(),
                found.GetProperty("repairable").GetBoolean()));
    }

    [Fact]
    public async Task Repairing_deletes_what_killed_processes_left()
    {
        await _place.AddRunAsync("AFlow", "1");
        var left = Path.Combine(_place.Folder, ".metaflow", "AFlow", "1", $".{Guid.NewGuid():N}.tmp");
        await File.WriteAllTextAsync(left, "half", TestContext.Current.CancellationToken);
        Assert.EndsWith("0 faults, 0 leftovers.\n", (await _place.RunAsync("fsck")).Out, StringComparison.Ordinal);
        File.SetLastWriteTimeUtc(left, DateTime.UtcNow.AddHours(-2));

        var told = await _place.RunAsync("fsck", "--grace-period", "1h");
        Assert.Equal(0, told.ExitCode);
        Assert.EndsWith("0 faults, 1 leftover.\n", told.Out, StringComparison.Ordinal);
        Assert.Contains("[MF4018]", told.Out, StringComparison.Ordinal);
        Assert.Contains("Add --repair", told.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(left));

        var repaired = await _place.RunAsync("fsck", "--grace-period", "1h", "--repair");
        Assert.Equal((0, ""), (repaired.ExitCode, repaired.Error));
        Assert.EndsWith("0 faults, 0 leftovers, 1 repair.\n", repaired.Out, StringComparison.Ordinal);
        Assert.False(File.Exists(left));
    }

    [Fact]
    public async Task A_datastore_that_is_not_there_yet_has_no_faults_and_a_folder_that_was_named_must_be_there()
    {
        Assert.Equal(0, (await _place.RunAsync("fsck")).ExitCode);
        var named = await _place.RunAsync("fsck", "--datastore-root", Path.Combine(_place.Folder, "elsewhere"));
        Assert.NotEqual(0, named.ExitCode);
        Assert.Contains("MF5004", named.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await _place.RunAsync("fsck", "--grace-period", "1m")).ExitCode);
    }
}
