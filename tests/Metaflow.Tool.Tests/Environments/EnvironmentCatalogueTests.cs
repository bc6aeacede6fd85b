using System.Text.Json;
using Metaflow.Errors;

namespace Metaflow.Tool.Tests.Environments;

/// <summary>Environments that the tool shows, names, exports and deletes.</summary>
public sealed class EnvironmentCatalogueTests(EnvironmentFeed feed) : IClassFixture<EnvironmentFeed>, IDisposable
{
    private readonly EnvironmentPlace _place = new(feed);

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task An_environment_is_shown_by_its_name_its_hashes_and_the_task_that_had_it()
    {
        var (request, full) = await IdAsync();
        await _place.AddRunAsync(request, full);

        using var json = JsonDocument.Parse(await _place.SucceedAsync(
            "show", "team/training:v1", full, $"{request}:{full}", "step:TrainFlow/17/train", "step:TrainFlow/17/train/1", "--json"));
        Assert.All(json.RootElement.EnumerateObject(), shown => Assert.Equal(full, shown.Value.GetProperty("full_id").GetString()));
        Assert.Equal(5, json.RootElement.EnumerateObject().Count());
        Assert.Contains(
            full, await _place.SucceedAsync("show", "TrainFlow/17/train", "--pathspec"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_environment_that_is_nowhere_is_refused_and_with_local_only_one_that_the_datastore_has()
    {
        _place.ForgetMachine();
        await _place.RefuseAsync(ErrorCodes.EnvironmentUnknown, "show", "team/training:v1", "team/training:v2");
        await _place.RefuseAsync(ErrorCodes.EnvironmentUnknown, "show", "team/training:v1", "--local-only");
        await _place.RefuseAsync(ErrorCodes.EnvironmentUnknown, "show", "team/training:v1", "--arch", "win-arm64");
        await _place.RefuseAsync(ErrorCodes.EnvironmentNameInvalid, "show", "Team");
    }

    [Fact]
    public async Task An_environment_of_the_datastore_becomes_the_one_that_this_machine_uses()
    {
        _place.ForgetMachine();
        var (_, full) = await IdAsync();

        await _place.SucceedAsync("get", "team/training:v1", "--no-default");
        Assert.Contains(full, await _place.SucceedAsync("list", "--local-only"), StringComparison.Ordinal);
        await _place.SucceedAsync("get", "team/training:v1");

        Assert.StartsWith(
            $"{EnvironmentFeed.Machine}: known\n", await _place.SucceedAsync("resolve", "--requirement", "requirements.txt"),
            StringComparison.Ordinal);
        Assert.Contains(
            full, await _place.SucceedAsync("show", "team/training:v1", "--local-only"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_are_given_in_the_datastore_or_on_this_machine_only()
    {
        var (request, full) = await IdAsync();
        Assert.Equal($"team/a:v1, team/b:latest: {request}:{full}\n", await _place.SucceedAsync("alias", full, "team/a:v1", "team/b"));
        await _place.SucceedAsync("alias", "team/a:v1", "team/here:v1", "--local-only");

        _place.ForgetMachine();

        Assert.Contains(full, await _place.SucceedAsync("show", "team/b"), StringComparison.Ordinal);
        await _place.RefuseAsync(ErrorCodes.EnvironmentUnknown, "show", "team/here:v1");
        await _place.RefuseAsync(ErrorCodes.EnvironmentUnknown, "alias", "team/nothing", "team/c:v1");
        await _place.RefuseAsync(ErrorCodes.EnvironmentNameInvalid, "alias", "team/b", "C");
    }

    [Fact]
    public async Task The_list_has_where_environments_are_and_what_they_are_called()
    {
        var (request, full) = await IdAsync();
        Assert.Equal("", await _place.SucceedAsync("list", "--arch", "win-arm64"));

        using var json = JsonDocument.Parse(await _place.SucceedAsync("list", "--json"));
        var only = Assert.Single(json.RootElement.EnumerateArray());
        Assert.Equal((request, full), (only.GetProperty("req_id").GetString(), only.GetProperty("full_id").GetString()));
        Assert.True(only.GetProperty("known_here").GetBoolean() && only.GetProperty("stored").GetBoolean());
        Assert.Equal(
            ["team/training:latest", "team/training:v1"],
            only.GetProperty("aliases").EnumerateArray().Select(static name => name.GetString()));
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_does_not_hide_the_others()
    {
        _place.ForgetMachine();
        var (_, full) = await IdAsync();
        var record = Directory.EnumerateFiles(_place.PathOf("conda_env", "envs"), "dotnet", SearchOption.AllDirectories).Single();
        var other = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(record)!)!, new string('a', 40));
        Directory.CreateDirectory(other);
        await File.WriteAllTextAsync(Path.Combine(other, "dotnet"), "{", TestContext.Current.CancellationToken);

        var run = await _place.RunAsync("list");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(full, run.Out, StringComparison.Ordinal);
        Assert.Contains("unreadable", run.Out, StringComparison.Ordinal);
        Assert.Contains(ErrorCodes.EnvironmentRecordUnreadable, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_environment_is_deleted_with_its_names_after_confirmation()
    {
        var (request, full) = await IdAsync();
        var refused = await _place.AnswerAsync("n\n", "delete", "team/training:v1");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("with its names", refused.Error, StringComparison.Ordinal);

        var run = await _place.AnswerAsync("y\n", "delete", "team/training:v1");

        Assert.Equal((0, $"Deleted {request}:{full} for {EnvironmentFeed.Machine} and 2 names.\n"), (run.ExitCode, run.Out));
        Assert.Equal("", await _place.SucceedAsync("list"));
        await _place.RefuseAsync(ErrorCodes.EnvironmentUnknown, "delete", "team/training:v1", "--yes");
    }

    [Fact]
    public async Task An_environment_that_a_run_used_is_deleted_only_if_forced()
    {
        var (request, full) = await IdAsync();
        await _place.AddRunAsync(request, full);

        await _place.RefuseAsync(ErrorCodes.EnvironmentInUse, "delete", full, "--yes");
        Assert.Contains("team/training:v1", await _place.SucceedAsync("list"), StringComparison.Ordinal);
        await _place.SucceedAsync("delete", full, "--yes", "--force");

        Assert.Equal("", await _place.SucceedAsync("list"));
    }

    [Fact]
    public async Task With_local_only_the_datastore_keeps_the_environment()
    {
        await _place.SucceedAsync("delete", "team/training:v1", "--yes", "--local-only");

        Assert.Equal("", await _place.SucceedAsync("list", "--local-only"));
        Assert.Contains("  stored  team/training:latest, team/training:v1", await _place.SucceedAsync("list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shells_complete_the_names_of_environments()
    {
        var completed = await _place.CompleteAsync("show", "team/tr");

        Assert.Contains("team/training:v1", completed.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_environment_is_exported_with_all_its_packages()
    {
        Assert.Equal(
            "--nuget-pkg Acme.Base==1.0.0\n--nuget-pkg Acme.Lib==1.0.0\n",
            await _place.SucceedAsync("export", "team/training:v1", "--format", "requirements"));
        Assert.Equal(
            """
            <ItemGroup>
              <PackageReference Include="Acme.Base" Version="[1.0.0]" />
              <PackageReference Include="Acme.Lib" Version="[1.0.0]" />
            </ItemGroup>

            """,
            await _place.SucceedAsync("export", "team/training:v1", "--format", "csproj"));
        using var json = JsonDocument.Parse(await _place.SucceedAsync("export", "team/training:v1", "--format", "packages.lock.json"));
        Assert.Equal(2, json.RootElement.GetProperty("version").GetInt32());
        var package = json.RootElement.GetProperty("dependencies").GetProperty("net10.0").GetProperty("Acme.Lib");
        Assert.Equal("[1.0.0, 1.0.0]", package.GetProperty("requested").GetString());
        Assert.Equal("1.0.0", package.GetProperty("dependencies").GetProperty("Acme.Base").GetString());
        await _place.RefuseAsync(ErrorCodes.WrongArguments, "export", "team/training:v1");
        await _place.RefuseAsync(ErrorCodes.InvalidValue, "export", "team/training:v1", "--format", "yaml");
    }

    private async Task<(string RequestId, string FullId)> IdAsync()
    {
        using var json = JsonDocument.Parse(await _place.SucceedAsync("show", "team/training:v1", "--json"));
        var shown = json.RootElement.GetProperty("team/training:v1");
        return (shown.GetProperty("req_id").GetString()!, shown.GetProperty("full_id").GetString()!);
    }
}
