using System.Text.Json;
using Metaflow.Errors;

namespace Metaflow.Tool.Tests.Environments;

/// <summary>Environments that the tool resolves.</summary>
public sealed class EnvironmentResolveTests(EnvironmentFeed feed) : IClassFixture<EnvironmentFeed>, IDisposable
{
    private readonly EnvironmentPlace _place = new(feed);

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Requirements_of_a_file_are_resolved_stored_and_named()
    {
        Assert.StartsWith($"{EnvironmentFeed.Machine}: resolved now\nEnvironment ", feed.Output, StringComparison.Ordinal);
        Assert.Contains("Aliases               team/training:latest (moves), team/training:v1\n", feed.Output, StringComparison.Ordinal);
        Assert.Contains("Packages of NuGet     Acme.Base 1.0.0, Acme.Lib 1.0.0\n", feed.Output, StringComparison.Ordinal);
        Assert.Equal(2, Directory.EnumerateFiles(_place.PathOf("conda_env", "packages"), "*.nupkg", SearchOption.AllDirectories).Count());
    }

    [Fact]
    public async Task What_is_known_is_not_resolved_again_and_can_get_more_names()
    {
        var output = await _place.SucceedAsync("resolve", "--requirement", "requirements.txt", "--alias", "team/other:v1");

        Assert.StartsWith($"{EnvironmentFeed.Machine}: known\n", output, StringComparison.Ordinal);
        Assert.Contains("team/other:v1", await _place.SucceedAsync("list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_quiet_an_environment_is_one_line_that_names_it()
    {
        var resolved = await feed.RunAsync(_place.Folder, "--quiet", "environment", "resolve", "--requirement", "requirements.txt");
        var shown = await feed.RunAsync(_place.Folder, "--quiet", "environment", "show", "team/training:v1");

        Assert.True(resolved.ExitCode == 0, resolved.Error);
        Assert.Matches($"^[0-9a-f]{{40}}:[0-9a-f]{{40}} {EnvironmentFeed.Machine}\n$", resolved.Out);
        Assert.Equal((resolved.Out, ""), (shown.Out, resolved.Error));
    }

    [Fact]
    public async Task Packages_are_added_to_an_environment_and_a_dry_run_stores_nothing()
    {
        await File.WriteAllTextAsync(_place.PathOf("more.txt"), "--nuget-pkg Acme.Base==2.0.0\n", TestContext.Current.CancellationToken);
        var before = await _place.SucceedAsync("list");

        var run = await feed.RunAsync(
            _place.Folder, "environment", "resolve", "--using", "team/training:v1", "--requirement", "more.txt", "--dry-run", "--alias",
            "team/more:v1");

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("Packages of NuGet     Acme.Base 2.0.0, Acme.Lib 1.0.0\n", run.Out, StringComparison.Ordinal);
        Assert.Contains("Acme.Base 2.0.0 takes the place of 1.0.0 of the environment '", run.Error, StringComparison.Ordinal);
        Assert.Contains("more.txt", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, await _place.SucceedAsync("list"));
    }

    [Fact]
    public async Task An_environment_is_resolved_anew_for_several_kinds_of_machines_that_share_its_hash()
    {
        var run = await feed.RunAsync(
            _place.Folder, "environment", "resolve", "--from", "team/training:v1", "--arch", EnvironmentFeed.Machine, "--arch", "win-arm64",
            "--force", "--local-only", "--no-set-default", "--json");

        Assert.True(run.ExitCode == 0, run.Error);
        using var json = JsonDocument.Parse(run.Out);
        var (here, other) = (json.RootElement.GetProperty(EnvironmentFeed.Machine), json.RootElement.GetProperty("win-arm64"));
        Assert.Equal(here.GetProperty("full_id").GetString(), other.GetProperty("full_id").GetString());
        var listed = await _place.SucceedAsync("list");
        Assert.Equal(
            2, Lines(listed, here.GetProperty("full_id").GetString()!)
                .Count(static line => line.EndsWith("  here", StringComparison.Ordinal)));

        // A name in the datastore has to lead everybody to it.
        await _place.SucceedAsync("alias", here.GetProperty("full_id").GetString()!, "team/both:v1");
        Assert.Equal(
            2, Lines(await _place.SucceedAsync("list"), here.GetProperty("full_id").GetString()!)
                .Count(static line => line.Contains("  here, stored  team/both:v1", StringComparison.Ordinal)));

        // The one that was chosen before still is.
        var first = await _place.SucceedAsync("resolve", "--requirement", "requirements.txt");
        Assert.Contains("team/training:v1", first, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_packages_of_a_lock_file_have_to_have_its_hashes()
    {
        var text = await _place.SucceedAsync("export", "team/training:v1", "--format", "packages.lock.json");
        await File.WriteAllTextAsync(_place.PathOf("packages.lock.json"), text, TestContext.Current.CancellationToken);
        var right = await feed.RunAsync(_place.Folder, "environment", "resolve", "--pyproject", "packages.lock.json", "--dry-run");
        var hash = JsonDocument.Parse(text).RootElement.GetProperty("dependencies").GetProperty("net10.0").GetProperty("Acme.Lib")
            .GetProperty("contentHash").GetString()!;
        await File.WriteAllTextAsync(
            _place.PathOf("packages.lock.json"), text.Replace(hash, "AAAA" + hash[4..], StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        var before = await _place.SucceedAsync("list");
        var wrong = await feed.RunAsync(_place.Folder, "environment", "resolve", "--pyproject", "packages.lock.json");

        Assert.True(right.ExitCode == 0, right.Error);
        Assert.Contains("Acme.Base 1.0.0, Acme.Lib 1.0.0\n", right.Out, StringComparison.Ordinal);
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains(ErrorCodes.LockHashDiffers, wrong.Error, StringComparison.Ordinal);
        Assert.Contains("'Acme.Lib' 1.0.0", wrong.Error, StringComparison.Ordinal);
        Assert.Equal(before, await _place.SucceedAsync("list"));
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_is_replaced_when_packages_are_looked_for_again_and_only_then()
    {
        var record = Directory.EnumerateFiles(_place.PathOf("conda_env", "envs"), "dotnet", SearchOption.AllDirectories).Single();
        await File.WriteAllTextAsync(record, "{", TestContext.Current.CancellationToken);
        var list = _place.PathOf(".metaflow", "dotnet_v2.cnd");
        var text = await File.ReadAllTextAsync(list, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            list, text.Replace("\"packages\":", "\"packs\":", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await _place.RefuseAsync(ErrorCodes.EnvironmentRecordUnreadable, "resolve", "--requirement", "requirements.txt");
        await _place.RefuseAsync(ErrorCodes.EnvironmentRecordUnreadable, "show", "team/training:v1");

        var run = await feed.RunAsync(_place.Folder, "environment", "resolve", "--requirement", "requirements.txt", "--force");

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Matches(@"^Looking for the packages of the file 'requirements\.txt'\.\nStored 2 packages \([\d.]+ KB\)\.\n$", run.Error);
        Assert.Contains(
            "Acme.Base 1.0.0, Acme.Lib 1.0.0\n", await _place.SucceedAsync("show", "team/training:v1"), StringComparison.Ordinal);
        File.Delete(list);
        Assert.Contains(
            "Acme.Base 1.0.0, Acme.Lib 1.0.0\n", await _place.SucceedAsync("show", "team/training:v1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_that_a_later_version_wrote_is_never_replaced()
    {
        var record = Directory.EnumerateFiles(_place.PathOf("conda_env", "envs"), "dotnet", SearchOption.AllDirectories).Single();
        var text = (await File.ReadAllTextAsync(record, TestContext.Current.CancellationToken))
            .Replace("\"assembly\"", "\"hologram\"", StringComparison.Ordinal);
        await File.WriteAllTextAsync(record, text, TestContext.Current.CancellationToken);
        File.Delete(_place.PathOf(".metaflow", "dotnet_v2.cnd"));

        var run = await feed.RunAsync(_place.Folder, "environment", "resolve", "--requirement", "requirements.txt", "--force");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(ErrorCodes.EnvironmentRecordTooNew, run.Error, StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(record, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_exported_lock_file_restores_a_plain_project_in_locked_mode()
    {
        var export = await _place.RunAsync("export", "team/training:v1", "--format", "packages.lock.json");
        var items = await _place.SucceedAsync("export", "team/training:v1", "--format", "csproj");
        await File.WriteAllTextAsync(_place.PathOf("packages.lock.json"), export.Out, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            _place.PathOf("app.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              {items}
            </Project>
            """,
            TestContext.Current.CancellationToken);

        var restore = await feed.DotnetAsync(_place.Folder, "restore", "--locked-mode");

        Assert.True(restore.ExitCode == 0, restore.Out);
        Assert.Contains(
            "TargetFramework net10.0, no RuntimeIdentifiers, and the items of '--format csproj'", export.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ErrorCodes.NothingAskedFor)]
    [InlineData(ErrorCodes.NothingAskedFor, "--requirement", "empty.txt")]
    [InlineData(ErrorCodes.OptionsConflict, "--using", "team/a", "--from", "team/b")]
    [InlineData(ErrorCodes.OptionsConflict, "--using", "team/a", "--using-pathspec", "TrainFlow/1/train")]
    [InlineData(ErrorCodes.OptionsConflict, "--from", "team/a", "--from", "team/b")]
    [InlineData(ErrorCodes.OptionsConflict, "--from", "team/a", "--requirement", "empty.txt")]
    [InlineData(ErrorCodes.OptionsConflict, "--requirement", "empty.txt", "--file", "b.yml", "--pyproject", "c.csproj")]
    [InlineData(ErrorCodes.OptionsConflict, "--requirement", "empty.txt", "--requirement", "other.txt")]
    [InlineData(ErrorCodes.InvalidValue, "--requirement", "empty.txt", "--framework", "netstandard2.0")]
    [InlineData(ErrorCodes.InvalidValue, "--requirement", "empty.txt", "--arch", "toaster")]
    [InlineData(ErrorCodes.EnvironmentNameInvalid, "--requirement", "empty.txt", "--alias", "Not A Name")]
    [InlineData(ErrorCodes.EnvironmentUnknown, "--using", "team/nothing", "--requirement", "empty.txt")]
    [InlineData(ErrorCodes.InputUnreadable, "--requirement", "missing.txt")]
    [InlineData(ErrorCodes.InputUnreadable, "-r", "missing.txt")]
    [InlineData(ErrorCodes.InputUnreadable, "-f", "missing.yml")]
    [InlineData(ErrorCodes.InputUnreadable, "-p", "missing.toml")]
    [InlineData(ErrorCodes.OptionsConflict, "--python", "3.11", "--using", "team/a")]
    [InlineData(ErrorCodes.OptionsConflict, "--python", "3.11", "--from-pathspec", "TrainFlow/1/train")]
    [InlineData(ErrorCodes.PythonTwice, "--python", "3.11", "-r", "python.txt")]
    [InlineData(ErrorCodes.NothingAskedFor, "--python", "3.11")]
    public async Task A_command_line_that_says_no_environment_is_refused(string code, params string[] options)
    {
        await File.WriteAllTextAsync(_place.PathOf("empty.txt"), "# nothing\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_place.PathOf("python.txt"), "python==3.12\nmilk\n", TestContext.Current.CancellationToken);
        var run = await _place.RunAsync(["resolve", .. options]);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(code, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Lines(string text, string start)
        => text.Split('\n').Where(line => line.StartsWith(start, StringComparison.Ordinal));
}
