using System.Text.Json;
using Metaflow.Errors;

namespace Metaflow.Tool.Tests.Environments;

/// <summary>What the tool removes that nothing refers to.</summary>
public sealed class EnvironmentCleanupTests(EnvironmentFeed feed) : IClassFixture<EnvironmentFeed>, IDisposable
{
    private const string Nothing
        = "Deleted 0 environments, 0 packages of the datastore (0 B), 0 unpacked packages (0 B), and the files of 0 starts of programs "
            + "(0 B).\n";

    private readonly EnvironmentPlace _place = new(feed);

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task What_has_a_name_is_kept_whatever_its_age()
    {
        await _place.SucceedAsync("create", "team/training:v1");
        _place.Later = TimeSpan.FromDays(400);

        Assert.Equal(Nothing, await _place.SucceedAsync("gc"));
        Assert.Equal((2, 2), Packages());
    }

    [Fact]
    public async Task What_a_run_used_is_kept_though_it_has_no_name()
    {
        var (request, full) = await ForgetNamesAsync();
        await _place.AddRunAsync(request, full);
        _place.Later = TimeSpan.FromDays(400);

        Assert.Equal(Nothing, await _place.SucceedAsync("gc"));
        Assert.Equal((2, 2), Packages());
    }

    [Fact]
    public async Task An_old_environment_without_name_and_use_goes_with_its_packages_and_a_dry_run_only_says_so()
    {
        var (request, full) = await ForgetNamesAsync();
        Assert.Equal(Nothing, await _place.SucceedAsync("gc"));
        _place.Later = TimeSpan.FromDays(31);
        Assert.Equal(Nothing, await _place.SucceedAsync("gc", "--older-than", "8w"));

        var planned = await _place.SucceedAsync("gc", "--dry-run");
        Assert.Equal((2, 2), Packages());
        var done = await _place.SucceedAsync("gc");

        Assert.StartsWith(
            $"{request}:{full} {EnvironmentFeed.Machine}\nDeleted 1 environment, 2 packages of the datastore (", done,
            StringComparison.Ordinal);
        Assert.Equal(done.Replace("Deleted", "Would delete", StringComparison.Ordinal), planned);
        Assert.Equal((0, 0), Packages());
        Assert.Equal("", await _place.SucceedAsync("list"));
    }

    [Fact]
    public async Task Packages_that_were_used_lately_stay_unpacked_and_what_killed_processes_left_goes()
    {
        await ForgetNamesAsync();
        var left = _place.PathOf("environments", "packages", ".unfinished", "acme.lib.1.0.0-0123456789ab");
        Directory.CreateDirectory(left);
        await File.WriteAllTextAsync(left + ".nupkg", "half", TestContext.Current.CancellationToken);
        foreach (var folder in Directory.EnumerateDirectories(_place.PathOf("environments", "packages", "acme.lib")))
        {
            Directory.SetLastWriteTimeUtc(folder, DateTime.UtcNow + TimeSpan.FromDays(30));
        }

        _place.Later = TimeSpan.FromDays(31);
        using var json = JsonDocument.Parse(await _place.SucceedAsync("gc", "--json"));

        Assert.StartsWith(
            "acme.base/1.0.0-", Assert.Single(json.RootElement.GetProperty("unpacked").EnumerateArray()).GetProperty("path").GetString(),
            StringComparison.Ordinal);
        Assert.Equal((0, 1), Packages());
        Assert.Empty(Directory.EnumerateFileSystemEntries(_place.PathOf("environments", "packages", ".unfinished")));
    }

    [Fact]
    public async Task A_stored_record_that_cannot_be_read_is_named_and_keeps_the_packages_of_the_datastore_alone()
    {
        var (request, full) = await ForgetNamesAsync();
        await DamageStoredAsync(new string('a', 40));
        _place.Later = TimeSpan.FromDays(31);

        var run = await _place.RunAsync("gc");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(
            $"{request}:{full} {EnvironmentFeed.Machine}\nDeleted 1 environment, 0 packages of the datastore (0 B), 2 unpacked packages (",
            run.Out, StringComparison.Ordinal);
        Assert.Contains($"'{request}:{new string('a', 40)}' cannot be read", run.Error, StringComparison.Ordinal);
        Assert.Contains($"[{ErrorCodes.EnvironmentRecordUnreadable}]", run.Error, StringComparison.Ordinal);
        Assert.Contains("All packages of the datastore stay", run.Error, StringComparison.Ordinal);
        Assert.Equal((2, 0), Packages());
    }

    [Fact]
    public async Task A_record_that_only_this_machine_has_and_that_cannot_be_read_keeps_what_is_unpacked()
    {
        var (_, full) = await ForgetNamesAsync();
        await DamageLocalAsync(full);
        foreach (var record in StoredRecords())
        {
            File.Delete(record);
        }

        _place.Later = TimeSpan.FromDays(31);

        using var json = JsonDocument.Parse((await _place.RunAsync("gc", "--json")).Out);

        Assert.True(json.RootElement.GetProperty("keeps_unpacked").GetBoolean());
        Assert.False(json.RootElement.GetProperty("keeps_packages").GetBoolean());
        Assert.Equal(
            ErrorCodes.EnvironmentRecordUnreadable,
            json.RootElement.GetProperty("errors").EnumerateArray().Single().GetProperty("code").GetString());
        Assert.Equal((0, 2), Packages());
    }

    [Fact]
    public async Task A_record_that_another_place_has_too_keeps_nothing_that_is_not_needed()
    {
        var (_, full) = await ForgetNamesAsync();
        await DamageLocalAsync(full);
        _place.Later = TimeSpan.FromDays(31);

        var run = await _place.RunAsync("gc");

        Assert.Equal(1, run.ExitCode);
        Assert.DoesNotContain("stay", run.Error, StringComparison.Ordinal);
        Assert.Equal((0, 0), Packages());
    }

    [Fact]
    public async Task What_a_run_is_about_to_use_is_kept_though_no_task_has_used_it()
    {
        var (request, full) = await ForgetNamesAsync();
        await _place.AddRunAsync(request, full, "_parameters", "planned-environment");
        _place.Later = TimeSpan.FromDays(400);

        Assert.Equal(Nothing, await _place.SucceedAsync("gc"));
        Assert.Equal((2, 2), Packages());
    }

    [Fact]
    public async Task The_files_of_programs_that_nobody_has_started_for_a_month_go_whatever_the_age()
    {
        var (old, recent) = (_place.PathOf("environments", "programs", "old"), _place.PathOf("environments", "programs", "recent"));
        foreach (var folder in (string[])[old, recent])
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(
                Path.Combine(folder, "flow.deps.json"), "{}", TestContext.Current.CancellationToken);
        }

        Directory.SetLastWriteTimeUtc(old, DateTime.UtcNow - TimeSpan.FromDays(31));
        Directory.SetLastWriteTimeUtc(recent, DateTime.UtcNow - TimeSpan.FromDays(3));

        Assert.EndsWith(
            "and the files of 1 start of programs (2 B).\n", await _place.SucceedAsync("gc", "--older-than", "2h"),
            StringComparison.Ordinal);

        Assert.Equal(["recent"], Directory.EnumerateDirectories(Path.GetDirectoryName(old)!).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("0m")]
    [InlineData("soon")]
    public Task An_age_that_protects_nothing_is_refused(string age)
        => _place.RefuseAsync(ErrorCodes.InvalidValue, "gc", "--older-than", age);

    private List<string> StoredRecords()
        => [.. Directory.EnumerateFiles(_place.PathOf("conda_env", "envs"), "dotnet", SearchOption.AllDirectories)];

    /// <summary>Stores a damaged record beside the one that there is.</summary>
    private async Task DamageStoredAsync(string fullId)
    {
        var folder = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(StoredRecords().Single())!)!, fullId);
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "dotnet"), "{", TestContext.Current.CancellationToken);
    }

    /// <summary>Damages the record of this machine.</summary>
    private async Task DamageLocalAsync(string fullId)
    {
        var list = _place.PathOf(".metaflow", "dotnet_v2.cnd");
        var text = await File.ReadAllTextAsync(list, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            list, text.Replace("\"packages\":", "\"packs\":", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await _place.RefuseAsync(ErrorCodes.EnvironmentRecordUnreadable, "show", fullId, "--local-only");
    }

    private (int Stored, int Unpacked) Packages() => (
        Directory.EnumerateFiles(_place.PathOf("conda_env", "packages"), "*.nupkg", SearchOption.AllDirectories).Count(),
        Directory.EnumerateDirectories(_place.PathOf("environments", "packages"))
            .Where(static package => Path.GetFileName(package) != ".unfinished").SelectMany(Directory.EnumerateDirectories).Count());

    /// <summary>Unpacks the environment, and takes its names away.</summary>
    private async Task<(string RequestId, string FullId)> ForgetNamesAsync()
    {
        await _place.SucceedAsync("create", "team/training:v1");
        using var json = JsonDocument.Parse(await _place.SucceedAsync("show", "team/training:v1", "--json"));
        var shown = json.RootElement.GetProperty("team/training:v1");
        Directory.Delete(_place.PathOf("conda_env", "envs", "aliases", "generic"), recursive: true);
        File.Delete(_place.PathOf(".metaflow", "dotnet_v2.cnd"));
        var (request, full) = (shown.GetProperty("req_id").GetString()!, shown.GetProperty("full_id").GetString()!);
        await _place.SucceedAsync("get", full);
        return (request, full);
    }
}
