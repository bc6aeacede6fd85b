using System.Text;
using System.Text.Json;
using Metaflow.Core.Tests.Storage;
using Metaflow.Environments.Records;
using Metaflow.Environments.Storage;
using Metaflow.Errors;
using Metaflow.Platform;

namespace Metaflow.Environments.Tests.Storage;

/// <summary>The lists of environments in the folder of the local datastore.</summary>
public sealed class LocalManifestTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string SharedPath => Path.Combine(_folder.Root, "conda_v2.cnd");

    private string OwnPath => Path.Combine(_folder.Root, "dotnet_v2.cnd");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_added_is_found_by_another_process()
    {
        var (conda, nuget) = (Samples.Conda(), Samples.NuGet());
        await Open().AddAsync([conda, nuget], Token);

        var known = Open().Read();

        Assert.Equal([conda.Id, nuget.Id], known.Ids);
        Assert.Equal("hello", known.Find(conda.Id)!.Packages[0].Name);
        Assert.Equal("Newtonsoft.Json", known.Find(nuget.Id)!.Packages[0].Name);
        Assert.Equal(EnvironmentTarget.Of(conda.Id), known.TargetOf(conda.Id.FullId));
        Assert.Null(known.Find(conda.Id with { Architecture = "osx-64" }));
    }

    [Fact]
    public async Task Environments_that_the_extension_cannot_read_are_in_another_file()
    {
        await Open().AddAsync([Samples.NuGet()], Token);
        Assert.False(File.Exists(SharedPath));

        await Open().AddAsync([Samples.Conda()], Token);

        Assert.DoesNotContain("nuget", await File.ReadAllTextAsync(SharedPath, Token), StringComparison.Ordinal);
        Assert.Contains("\"_type\":\"nuget\"", await File.ReadAllTextAsync(OwnPath, Token), StringComparison.Ordinal);
        Assert.Equal([SharedPath, OwnPath], Open().Files);
    }

    [Fact]
    public async Task A_record_is_never_written_again_and_nothing_is_written_when_nothing_changes()
    {
        Directory.CreateDirectory(_folder.Root);
        var environment = Samples.Conda();
        var id = environment.Id;
        const string Record = """{ "deps": ["conda::hello"], "sources": [], "packages": [], "resolved_on": "2024-05-01T12:00:00" }""";
        await File.WriteAllTextAsync(
            SharedPath,
            $$$"""
            {"version": 1, "mappings": {"F/1/s": ["a", "b"]}, "aliases": {"{{{id.FullId}}}": ["{{{id.RequestId}}}", "{{{id.FullId}}}"]},
             "environments": {"linux-64": {"{{{id.RequestId}}}": {"{{{id.FullId}}}": {{{Record}}} } } }, "future": 1}
            """,
            Token);
        var before = await File.ReadAllBytesAsync(SharedPath, Token);

        await Open().AddAsync([environment], Token);
        Assert.Equal(before, await File.ReadAllBytesAsync(SharedPath, Token));

        await Open().SetDefaultAsync(environment, Token);
        var text = await File.ReadAllTextAsync(SharedPath, Token);
        Assert.Contains(Record, text, StringComparison.Ordinal);
        Assert.Contains("\"mappings\":{\"F/1/s\": [\"a\", \"b\"]}", text, StringComparison.Ordinal);
        Assert.Contains("\"future\":1", text, StringComparison.Ordinal);
        before = await File.ReadAllBytesAsync(SharedPath, Token);

        await Open().SetDefaultAsync(environment, Token);
        await Open().SetNamesAsync(environment, [new("a", "latest")], Token);
        await Open().SetNamesAsync(environment, [new("a", "latest")], Token);
        await Open().RemoveNamesAsync([new("a", "latest")], Token);
        Assert.Equal(before, await File.ReadAllBytesAsync(SharedPath, Token));
    }

    [Fact]
    public async Task The_chosen_environment_moves()
    {
        var (first, second) = (Samples.Conda("0.1"), Samples.Conda("0.2"));
        Assert.Equal(first.Id.RequestId, second.Id.RequestId);

        await Open().SetDefaultAsync(first, Token);
        await Open().SetDefaultAsync(second, Token);

        Assert.Equal(second.Id, Open().Read().DefaultOf(first.Id.RequestId, Samples.Machine));
        Assert.Equal(2, Open().Read().AllOf(first.Id.RequestId, Samples.Machine).Count);
    }

    [Fact]
    public async Task A_name_that_moves_is_in_one_file_only()
    {
        var (conda, nuget) = (Samples.Conda(), Samples.NuGet());
        EnvironmentName name = new("team/training", "latest");

        await Open().SetNamesAsync(conda, [name], Token);
        await Open().SetNamesAsync(nuget, [name], Token);
        Assert.Equal(EnvironmentTarget.Of(nuget.Id), Open().Read().TargetOf(name.Key));
        Assert.Contains("\"team/training/latest\"", await File.ReadAllTextAsync(OwnPath, Token), StringComparison.Ordinal);

        await Open().SetNamesAsync(conda, [name], Token);
        Assert.Equal(EnvironmentTarget.Of(conda.Id), Open().Read().TargetOf(name.Key));
        Assert.DoesNotContain("team", await File.ReadAllTextAsync(OwnPath, Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_does_not_move_is_refused_to_another_environment_whichever_file_has_it()
    {
        var (conda, nuget) = (Samples.Conda(), Samples.NuGet());
        EnvironmentName name = new("a", "v1");
        await Open().SetNamesAsync(conda, [name], Token);
        await Open().SetNamesAsync(conda, [name], Token);

        var error = await Assert.ThrowsAsync<EnvironmentException>(
            async () => await Open().SetNamesAsync(nuget, [new("b", "v1"), name], Token));

        Assert.Equal(ErrorCodes.EnvironmentNameTaken, error.Code);
        Assert.Contains("'a:v1'", error.What, StringComparison.Ordinal);
        Assert.Equal(EnvironmentTarget.Of(conda.Id), Open().Read().TargetOf("a/v1"));
        Assert.Null(Open().Read().TargetOf("b/v1"));
    }

    [Fact]
    public async Task What_is_removed_is_gone_with_its_choice_and_its_hash()
    {
        var (first, second) = (Samples.Conda("0.1"), Samples.Conda("0.2"));
        await Open().AddAsync([second], Token);
        await Open().SetDefaultAsync(first, Token);

        await Open().RemoveAsync([first.Id], Token);

        var known = Open().Read();
        Assert.Equal([second.Id], known.Ids);
        Assert.Null(known.DefaultOf(first.Id.RequestId, Samples.Machine));
        Assert.Null(known.TargetOf(first.Id.FullId));
        Assert.NotNull(known.TargetOf(second.Id.FullId));
    }

    [Theory]
    [InlineData("{\"version\": 1, \"environments\": {\"linux-64\"", ErrorCodes.EnvironmentRecordUnreadable)]
    [InlineData("[]", ErrorCodes.EnvironmentRecordUnreadable)]
    [InlineData("{\"environments\": {}}", ErrorCodes.EnvironmentRecordUnreadable)]
    [InlineData("{\"version\": 1, \"aliases\": {\"a/v1\": [\"x\"]}}", ErrorCodes.EnvironmentRecordUnreadable)]
    [InlineData("{\"version\": 1, \"environments\": {\"linux-64\": {\"r\": 5}}}", ErrorCodes.EnvironmentRecordUnreadable)]
    [InlineData("{\"version\": 2}", ErrorCodes.EnvironmentRecordTooNew)]
    public async Task A_damaged_list_is_an_error_and_stays_as_it_is(string text, string code)
    {
        Directory.CreateDirectory(_folder.Root);
        await File.WriteAllTextAsync(SharedPath, text, Token);

        var reading = Assert.Throws<EnvironmentException>(() => Open().Read());
        var writing = await Assert.ThrowsAsync<EnvironmentException>(async () => await Open().AddAsync([Samples.Conda()], Token));

        Assert.Equal((code, code), (reading.Code, writing.Code));
        Assert.Contains(SharedPath, reading.What, StringComparison.Ordinal);
        Assert.NotEmpty(reading.Fix);
        Assert.Equal(text, await File.ReadAllTextAsync(SharedPath, Token));
        Assert.Equal([SharedPath], Directory.GetFiles(_folder.Root));
    }

    [Theory]
    [InlineData("{\"deps\": 5}", ErrorCodes.EnvironmentRecordUnreadable)]
    [InlineData("{\"deps\": [\"hello\"]}", ErrorCodes.EnvironmentRecordUnreadable)]
    [InlineData("{\"deps\": [], \"packages\": [{\"_type\": \"npm\"}]}", ErrorCodes.EnvironmentRecordTooNew)]
    public async Task A_damaged_record_hides_no_other(string record, string code)
    {
        var good = Samples.Conda();
        await Open().AddAsync([good], Token);
        var text = await File.ReadAllTextAsync(SharedPath, Token);
        await File.WriteAllTextAsync(
            SharedPath,
            text.Replace("\"environments\":{", $"\"environments\":{{\"osx-64\":{{\"r\":{{\"f\":{record}}}}},", StringComparison.Ordinal),
            Token);

        var error = Assert.Throws<EnvironmentException>(() => Open().Read().Find(new EnvironmentId("r", "f", "osx-64")));

        Assert.Equal(code, error.Code);
        Assert.Contains("r:f", error.What, StringComparison.Ordinal);
        Assert.Contains(SharedPath, error.Why, StringComparison.Ordinal);
        Assert.NotNull(Open().Read().Find(good.Id));
    }

    [Fact]
    public async Task A_lock_that_another_keeps_is_an_error_that_may_pass()
    {
        Directory.CreateDirectory(_folder.Root);
        Assert.True(FolderLock.TryAcquire(SharedPath, out var held));
        using (held)
        {
            var impatient = new LocalManifest(_folder.Root, "conda_v2.cnd", TimeSpan.FromMilliseconds(30), TimeProvider.System);

            var error = await Assert.ThrowsAsync<EnvironmentException>(async () => await impatient.AddAsync([Samples.Conda()], Token));

            Assert.Equal(ErrorCodes.EnvironmentListHeld, error.Code);
            Assert.True(error.IsTransient);
            Assert.Equal(ErrorCodes.EnvironmentListHeld, Assert.Throws<EnvironmentException>(() => impatient.Read()).Code);
        }
    }

    [Fact]
    public async Task A_change_that_was_killed_is_completed()
    {
        var (old, added) = (Samples.Conda("0.1"), Samples.Conda("0.2"));
        await Open().AddAsync([old], Token);
        await Open().AddAsync([added], Token);
        var complete = await File.ReadAllBytesAsync(SharedPath, Token);
        await File.WriteAllBytesAsync(SharedPath + ".next", complete, Token);
        await File.WriteAllBytesAsync(SharedPath, complete[..(complete.Length / 2)], Token);

        Assert.Equal([old.Id, added.Id], Open().Read().Ids);
        await Open().AddAsync([Samples.Conda("0.3")], Token);

        Assert.False(File.Exists(SharedPath + ".next"));
        Assert.Equal(3, Open().Read().Ids.Count());
    }

    [Fact]
    public async Task A_killed_change_does_not_undo_what_the_extension_wrote_after_it()
    {
        await Open().AddAsync([Samples.Conda("0.1")], Token);
        File.Copy(SharedPath, SharedPath + ".next");
        var later = Samples.Conda("0.2");
        File.Move(SharedPath + ".next", SharedPath + ".kept");
        await Open().AddAsync([later], Token);
        File.Move(SharedPath + ".kept", SharedPath + ".next");

        Assert.NotNull(Open().Read().Find(later.Id));
    }

    [Fact]
    public async Task Whoever_waited_for_a_file_that_was_replaced_changes_the_new_one()
    {
        await Open().AddAsync([Samples.Conda("0.1")], Token);
        var replaced = Samples.Conda("0.2");
        Task waiting;

        // As the extension does it: a new file takes the place of the locked one.
        Assert.True(FolderLock.TryAcquire(SharedPath, out var held));
        using (held)
        {
            waiting = Task.Run(async () => await Open().AddAsync([Samples.Conda("0.3")], Token), Token);
            await Task.Delay(30, Token);
            using var other = new TemporaryFolder();
            await Open(other.Root).AddAsync([Samples.Conda("0.1"), replaced], Token);
            File.Move(Path.Combine(other.Root, "conda_v2.cnd"), SharedPath, overwrite: true);
        }

        await waiting;

        Assert.Equal(3, Open().Read().Ids.Count());
        Assert.NotNull(Open().Read().Find(replaced.Id));
    }

    [Fact]
    public async Task A_change_is_made_again_in_the_file_that_took_the_place_of_the_changed_one()
    {
        // As the second of two processes of the extension does it, which has only the lock of the former file.
        var (replaced, added) = (Samples.Conda("0.2"), Samples.Conda("0.3"));
        using var other = new TemporaryFolder();
        await Open(other.Root).AddAsync([replaced], Token);
        await Open().AddAsync([Samples.Conda("0.1")], Token);
        using var record = JsonDocument.Parse(EnvironmentJson.ToBytes(added));
        var calls = 0;

        await new ManifestFile(SharedPath, TimeSpan.FromMinutes(1), TimeProvider.System).ChangeAsync(
            content =>
            {
                if (calls++ == 0)
                {
                    File.Move(Path.Combine(other.Root, "conda_v2.cnd"), SharedPath, overwrite: true);
                }

                return content.Add(added.Id, record.RootElement);
            },
            Token);

        Assert.Equal(2, calls);
        Assert.Equal([replaced.Id, added.Id], Open().Read().Ids);
    }

    [Fact]
    public async Task Nothing_is_lost_when_several_write_at_once()
    {
        await Parallel.ForAsync(0, 100, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Token }, async (i, token) =>
        {
            // One object each, so that they exclude each other as processes do.
            var manifest = Open();
            var environment = i % 2 == 0 ? Samples.Conda($"{i}") : Samples.NuGet($"{i}.0.0");
            switch (i % 4)
            {
                case 0 or 1:
                    await manifest.AddAsync([environment], token);
                    break;
                case 2:
                    await manifest.SetDefaultAsync(environment, token);
                    break;
                default:
                    await manifest.SetNamesAsync(environment, [new($"n{i}", "v1")], token);
                    break;
            }

            Assert.NotNull(Open().Read().Find(environment.Id));
        });

        var known = Open().Read();
        Assert.Equal(100, known.Ids.Count());
        Assert.Equal(25, known.Names.Keys.Count(static name => name.EndsWith("/v1", StringComparison.Ordinal)));
        Assert.All(known.Ids, id => Assert.NotNull(known.Find(id)));
        Assert.Equal([SharedPath, OwnPath], Directory.GetFiles(_folder.Root).Order());
    }

    [Fact]
    public async Task An_empty_file_is_an_empty_list()
    {
        Directory.CreateDirectory(_folder.Root);
        await File.WriteAllTextAsync(SharedPath, "", Token);

        Assert.Empty(Open().Read().Ids);
        await Open().AddAsync([Samples.Conda()], Token);
        Assert.Single(Open().Read().Ids);
    }

    [Fact]
    public void Reading_makes_no_file()
    {
        Assert.Empty(Open().Read().Ids);
        Assert.False(Directory.Exists(_folder.Root));
    }

    [Fact]
    public async Task The_file_is_ASCII_which_every_encoding_reads()
    {
        await Open().AddAsync([Samples.Conda() with { ResolvedBy = "grün" }], Token);

        Assert.True(Ascii.IsValid(await File.ReadAllBytesAsync(SharedPath, Token)));
        Assert.Equal("grün", Open().Read().Find(Samples.Conda().Id)!.ResolvedBy);
    }

    private LocalManifest Open(string? folder = null)
        => new(folder ?? _folder.Root, "conda_v2.cnd", TimeSpan.FromMinutes(1), TimeProvider.System);
}
