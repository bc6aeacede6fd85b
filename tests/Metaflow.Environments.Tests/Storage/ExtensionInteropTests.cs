using System.Text.Json;
using Metaflow.Core.Tests.Storage;
using Metaflow.Environments.Records;
using Metaflow.Environments.Storage;
using Metaflow.Storage;

namespace Metaflow.Environments.Tests.Storage;

/// <summary>The extension's own code reads what is written here, and the reverse.</summary>
public sealed class ExtensionInteropTests : IDisposable
{
    private const string Script = """
        import json, os, sys
        import metaflow
        from metaflow_extensions.netflixext.plugins.conda.env_descr import (
            CachedEnvironmentInfo, CondaPackageSpecification, EnvID, EnvType, PypiPackageSpecification, ResolvedEnvironment,
            read_conda_manifest, write_to_conda_manifest)
        from metaflow_extensions.netflixext.plugins.conda.utils import AliasType

        def resolved(version):
            url = "http://c.example/linux-64/py-%s-0.conda" % version
            return ResolvedEnvironment(
                {"conda": ["py"], "sys": ["__glibc==2.27=0"]}, {"conda": ["conda-forge"]}, {}, "linux-64",
                all_packages=[
                    CondaPackageSpecification("py-%s-0" % version, url, hashes={".conda": "md5" + version}),
                    PypiPackageSpecification("foo-1.0-py3-none-any", "http://p.example/foo-1.0.tar.gz", url_format=".whl",
                                             hashes={".whl": "sha"})],
                resolved_by="gr\u00fcn", env_type=EnvType.MIXED)

        command, root = sys.argv[1:3]
        if command == "read":
            print(json.dumps(read_conda_manifest(root).to_dict()))
        elif command == "record":
            with open(sys.argv[3]) as f:
                print(json.dumps(ResolvedEnvironment.from_dict(EnvID(*sys.argv[4:7]), json.load(f)).to_dict()))
        elif command == "write":
            for i in range(int(sys.argv[3])):
                env = resolved(str(i))
                info = CachedEnvironmentInfo()
                info.add_resolved_env(env)
                info.set_default(env.env_id)
                info.add_alias(AliasType.GENERIC, "py%d/v1" % i, env.env_id.req_id, env.env_id.full_id)
                info.add_alias(AliasType.GENERIC, "py/latest", env.env_id.req_id, env.env_id.full_id)
                info.add_alias(AliasType.PATHSPEC, "Flow/%d/start" % i, env.env_id.req_id, env.env_id.full_id)
                write_to_conda_manifest(root, info)
                print(json.dumps([env.env_id.req_id, env.env_id.full_id, env.env_id.arch]))
        elif command == "cache":
            env = resolved("7")
            place = os.path.join(root, "envs", "linux-64", env.env_id.req_id, env.env_id.full_id)
            os.makedirs(place)
            with open(os.path.join(place, "env"), "w") as f:
                json.dump(env.to_dict(), f)
            print(json.dumps(env.env_id))
        """;

    private readonly TemporaryFolder _folder = new();

    private string SharedPath => Path.Combine(_folder.Root, "conda_v2.cnd");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_extension_reads_the_list_of_environments()
    {
        var environment = Rich();
        await Open().AddAsync([Samples.Conda("0.2"), Samples.NuGet()], Token);
        await Open().SetDefaultAsync(environment, Token);
        await Open().SetNamesAsync(environment, [new("team/a", "v1"), new("team/a", "latest")], Token);

        var seen = await PythonAsync("read", _folder.Root);

        Assert.Equal(Plain(await File.ReadAllTextAsync(SharedPath, Token)), Plain(seen));
    }

    [Fact]
    public async Task The_extension_reads_a_record_of_the_cache()
    {
        var environment = Rich();
        var id = environment.Id;
        var cache = new EnvironmentCache(new LocalBlobStore(_folder.Path));
        await cache.SaveAsync([environment], Token);
        var path = Path.Combine(_folder.Path, "envs", id.Architecture, id.RequestId, id.FullId, "env");

        var seen = await PythonAsync("record", _folder.Path, path, id.RequestId, id.FullId, id.Architecture);

        Assert.Equal(Plain(await File.ReadAllTextAsync(path, Token)), Plain(seen));
        var alias = await File.ReadAllTextAsync(Path.Combine(_folder.Path, "envs", "aliases", "full-id", id.FullId), Token);
        Assert.Equal($"[\"{id.RequestId}\",\"{id.FullId}\"]", alias);
    }

    [Fact]
    public async Task What_the_extension_wrote_is_read()
    {
        PythonExtension.SkipWhereMissing();
        Directory.CreateDirectory(_folder.Root);

        var id = Id((await PythonAsync("write", _folder.Root, "1")).Trim());

        var known = Open().Read();
        Assert.Equal(id, known.DefaultOf(id.RequestId, id.Architecture));
        Assert.Equal(EnvironmentTarget.Of(id), known.TargetOf("py/latest"));
        Assert.Equal(EnvironmentTarget.Of(id), known.TargetOf(id.FullId));
        AssertOfPython(known.Find(id)!);
    }

    [Fact]
    public async Task What_the_extension_cached_is_read()
    {
        var id = Id(await PythonAsync("cache", _folder.Path));

        var found = await new EnvironmentCache(new LocalBlobStore(_folder.Path)).FindAsync([id], Token);

        AssertOfPython(Assert.Single(found)!);
    }

    [Fact]
    public async Task Nothing_is_lost_when_the_extension_and_others_write_at_once()
    {
        PythonExtension.SkipWhereMissing();
        const int Count = 100;
        var first = Samples.Conda("first");
        await Open().AddAsync([first], Token);
        var record = await RecordAsync(first.Id);
        var python = PythonAsync("write", _folder.Root, $"{Count}");
        var written = 0;
        while (!python.IsCompleted || written < Count)
        {
            await Parallel.ForAsync(0, 4, Token, async (_, token) =>
            {
                var number = Interlocked.Increment(ref written);
                var environment = Samples.Conda($"{number}");
                await Open().AddAsync([environment], token);
                await Open().SetNamesAsync(environment, [new($"cs{number}", "v1"), new("cs", "latest")], token);
            });
        }

        string[] lines = (await python).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var known = Open().Read();
        Assert.All(lines, line => Assert.NotNull(known.Find(Id(line))));
        Assert.All(Enumerable.Range(0, Count), i => Assert.NotNull(known.TargetOf($"py{i}/v1")));
        Assert.All(Enumerable.Range(1, written), i => Assert.NotNull(known.Find(Samples.Conda($"{i}").Id)));
        Assert.All(Enumerable.Range(1, written), i => Assert.NotNull(known.TargetOf($"cs{i}/v1")));
        Assert.Equal(Count + written + 1, known.Ids.Count());
        Assert.Equal(Id(lines[^1]), known.DefaultOf(Id(lines[0]).RequestId, Samples.Machine));
        Assert.Equal(Plain(record), Plain(await RecordAsync(first.Id)));
        Assert.Contains("\"Flow/99/start\"", await File.ReadAllTextAsync(SharedPath, Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_extension_shows_an_environment()
    {
        PythonExtension.SkipWhereMissing();
        var environment = Rich();
        await Open().SetNamesAsync(environment, [new("team/a", "v1")], Token);
        await WriteStandInAsync();

        var shown = await PythonExtension.RunAsync(
            _folder.Path, "-m", "metaflow.cmd.main_cli", "environment", "show", "--local-only", "team/a:v1");

        Assert.Contains($"Environment of type mixed full hash {environment.Id}", shown, StringComparison.Ordinal);
        Assert.Contains("Aliases team/a:v1", shown, StringComparison.Ordinal);
        Assert.Contains("Conda Packages installed hello==0.1-0", shown, StringComparison.Ordinal);
        Assert.Contains("Pypi Packages installed foo-bar==1.0", shown, StringComparison.Ordinal);
    }

    /// <summary>An environment with packages of conda and PyPI.</summary>
    private static ResolvedEnvironment Rich()
    {
        var sample = Samples.Conda();
        return Samples.Of(
            "mixed",
            [new("conda", "hello"), new("pypi", "foo-bar==>=1"), new("sys", "__glibc==2.27=0")],
            [
                .. sample.Packages,
                new PyPIPackage("foo_bar-1.0-py3-none-any", "http://p.example/foo_bar-1.0.tar.gz")
                {
                    UrlFormat = ".whl",
                    Hashes = new Dictionary<string, string> { [".whl"] = "3c", [".tar.gz"] = "4d" },
                },
            ])
            with
        {
            ResolvedBy = "grün",
            ResolvedOn = Samples.Moment.AddMicroseconds(7),
            UniqueKeys = new Dictionary<string, string> { ["uv_lock_content_hash"] = "zz" },
        };
    }

    private static void AssertOfPython(ResolvedEnvironment environment)
    {
        Assert.Equal("grün", environment.ResolvedBy);
        Assert.Equal("mixed", environment.Kind);
        Assert.Equal(["py", "foo"], environment.Packages.Select(static package => package.Name));
        Assert.InRange(environment.ResolvedOn, DateTimeOffset.Now.AddMinutes(-5), DateTimeOffset.Now);
        Assert.Equal(
            environment.Id,
            new EnvironmentId(
                EnvironmentHash.OfRequest(environment.Requirements, environment.Sources, environment.Extras),
                EnvironmentHash.OfPackages(environment.Packages, environment.Id.Architecture),
                "linux-64"));
    }

    private static EnvironmentId Id(string json)
    {
        using var document = JsonDocument.Parse(json);
        var id = document.RootElement;
        return new EnvironmentId(id[0].GetString()!, id[1].GetString()!, id[2].GetString()!);
    }

    private static string Plain(string json)
    {
        using var document = JsonDocument.Parse(json);
        return JsonSerializer.Serialize(document.RootElement);
    }

    private async Task<string> PythonAsync(params string[] arguments)
        => await PythonExtension.RunAsync(_folder.Path, ["-c", Script, .. arguments]);

    private async Task<string> RecordAsync(EnvironmentId id)
    {
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(SharedPath, Token));
        return document.RootElement.GetProperty("environments").GetProperty(id.Architecture).GetProperty(id.RequestId)
            .GetProperty(id.FullId).GetRawText();
    }

    // The extension asks the tool only where environments are.
    private async Task WriteStandInAsync()
    {
        var path = Path.Combine(_folder.Path, "micromamba");
        var info = $$"""
            {"micromamba version": "2.0.0", "base environment": "{{_folder.Path}}/tool", "envs directories": ["{{_folder.Path}}/tool/envs"],
             "package cache": ["{{_folder.Path}}/tool/pkgs"], "channels": ["https://conda-forge.example/noarch"], "virtual packages": []}
            """;
        await File.WriteAllTextAsync(path, $"#!/bin/sh\ncat <<'END'\n{info}\nEND\n", Token);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private LocalManifest Open() => new(_folder.Root, "conda_v2.cnd", TimeSpan.FromMinutes(1), TimeProvider.System);
}
