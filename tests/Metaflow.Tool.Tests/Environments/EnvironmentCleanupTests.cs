using System.Text.Json;
using Metaflow.Errors;

namespace Metaflow.Tool.Tests.Environments;

/// <summary>What the tool removes that nothing refers to.</summary>
public sealed class EnvironmentCleanupTests(EnvironmentFeed feed) : IClassFixture<EnvironmentFeed>, IDisposable
{
    private const string Nothing
        = "Deleted 0 environments, 0 packages of the datastore (0 B), and 0 unpacked packages (0 B).\n";

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
    public async Task A_record_that_cannot_be_read_ends_the_cleanup_before_anything_is_deleted()
    {
        await ForgetNamesAsync();
        var record = Directory.EnumerateFiles(_place.PathOf("conda_env", "envs"), "dotnet", SearchOption.AllDirectories).Single();
        var other = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(record)!)!, new string('a', 40));
        Directory.CreateDirectory(other);
        await File.WriteAllTextAsync(Path.Combine(other, "dotnet"), "{", TestContext.Current.CancellationToken);
        _place.Later = TimeSpan.FromDays(31);

        await _place.RefuseAsync(ErrorCodes.EnvironmentRecordUnreadable, "gc");

        Assert.Equal((2, 2), Packages());
    }

    [Theory]
    [InlineData("0m")]
    [InlineData("soon")]
    public Task An_age_that_protects_nothing_is_refused(string age)
        => _place.RefuseAsync(ErrorCodes.InvalidValue, "gc", "--older-than", age);

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
