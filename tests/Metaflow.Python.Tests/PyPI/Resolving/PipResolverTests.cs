using Metaflow.Core.Tests.Storage;
using Metaflow.Errors;
using Metaflow.Python.PyPI.Markers;
using Metaflow.Python.PyPI.Resolving;
using Metaflow.Python.PyPI.Tags;
using Metaflow.Python.PyPI.Versions;

namespace Metaflow.Python.Tests.PyPI.Resolving;

/// <summary>Asks a real pip, with an index on this machine alone.</summary>
public sealed class PipResolverTests : IDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private readonly TemporaryFolder _folder = new();
    private readonly string _archives;
    private readonly SimpleIndex _index;
    private readonly PythonOracle _python = PythonOracle.Require();
    private readonly PipBuilderPrefix _builder;
    private readonly PipResolver _resolver;

    public PipResolverTests()
    {
        _archives = Directory.CreateDirectory(Path.Combine(_folder.Path, "archives")).FullName;
        _index = new SimpleIndex(_archives);
        _builder = new PipBuilderPrefix(_python.Path, TimeProvider.System);
        _resolver = new PipResolver(_builder);
        Wheel("base", "1.0");
        Wheel("base", "2.0");
        Wheel("base", "3.0rc1");
        Wheel("app", "1.0", "base<2", "linuxonly ; sys_platform == 'linux'", "armonly ; platform_machine == 'aarch64'",
            "more ; extra == 'x'");
        Wheel("linuxonly", "1.0");
        Wheel("armonly", "1.0");
        Wheel("more", "1.0");
        Wheel("needs_two", "1.0", "base>=2");
    }

    public void Dispose()
    {
        _index.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Packages_that_fit_together_are_found_with_their_hashes()
    {
        var result = await _resolver.ResolveAsync(Request("app[x]"), Token);
        Assert.Equal("app 1.0, base 1.0, linuxonly 1.0, more 1.0", Text(result));
        var app = result.Packages.Single(static package => package.Name == "app");
        Assert.Equal((PipPackageKind.Wheel, true, false), (app.Kind, app.IsRequested, app.IsDirect));
        Assert.Equal(["x"], app.Extras);
        Assert.Contains("base<2", app.RequiresDist.Select(static text => PythonDependency.Parse(text).ToString()));
        Assert.Equal($"http://127.0.0.1:{_index.Port}/files/app-1.0-py3-none-any.whl", app.Url);
        Assert.Equal("app-1.0-py3-none-any.whl", app.FileName);
        Assert.Equal(Sha256(Path.Combine(_archives, "app-1.0-py3-none-any.whl")), app.Sha256);
        Assert.False(result.Packages.Single(static package => package.Name == "base").IsRequested);
        Assert.Equal(_python.Version, result.Environment.PythonFullVersion);
        Assert.Equal(_python.Pip, result.PipVersion);
    }

    [Fact]
    public async Task Constraints_and_versions_before_a_release_are_taken_as_asked()
    {
        Assert.Equal("base 2.0", Text(await _resolver.ResolveAsync(Request("base"), Token)));
        Assert.Equal("base 3.0rc1", Text(await _resolver.ResolveAsync(Request("base") with { AllowsPreReleases = true }, Token)));
        Assert.Equal("base 3.0rc1", Text(await _resolver.ResolveAsync(Request("base") with { Flags = ["pre"] }, Token)));
        Assert.Equal("base 1.0", Text(await _resolver.ResolveAsync(Request("base") with { Constraints = ["base<1.5"] }, Token)));
    }

    [Fact]
    public async Task Several_indices_and_folders_of_archives_are_searched()
    {
        var second = Path.Combine(_folder.Path, "second");
        new TestWheel("second", "1.0") { Requires = ["third"] }.Write(second);
        var third = Path.Combine(_folder.Path, "the third's");
        new TestWheel("third", "1.0").Write(third);
        using var index = new SimpleIndex(second);
        var sources = new PipSources { Index = _index.Url, ExtraIndices = [index.Url], FindLinks = [third], TrustedHosts = ["127.0.0.1"] };
        Assert.Equal("second 1.0, third 1.0", Text(await _resolver.ResolveAsync(Request("second") with { Sources = sources }, Token)));
        Assert.Equal("base 2.0", Text(await _resolver.ResolveAsync(
            Request("base") with { Sources = new PipSources { HasNoIndex = true, FindLinks = [_archives] } }, Token)));
    }

    [Fact]
    public async Task Sources_of_every_kind_are_found_and_built()
    {
        SourcePackage.WriteArchive(_archives, "sdist", "1.2", "'base<2'");
        var local = SourcePackage.WriteFolder(Path.Combine(_folder.Path, "a folder"), "local", "0.1");
        var repository = Path.Combine(_folder.Path, "repository");
        var commit = SourcePackage.WriteRepository(repository, "gitted", "0.2", "sub/dir");
        var address = new Uri(repository).AbsoluteUri;
        var result = await _resolver.ResolveAsync(
            Request("sdist", local, $"gitted @ git+{address}@{commit}#subdirectory=sub/dir"), Token);

        Assert.Equal("base 1.0, gitted 0.2, local 0.1, sdist 1.2", Text(result));
        PipPackage Of(string name) => result.Packages.Single(package => package.Name == name);
        Assert.Equal(PipPackageKind.SourceArchive, Of("sdist").Kind);
        Assert.Equal(Sha256(Path.Combine(_archives, "sdist-1.2.tar.gz")), Of("sdist").Sha256);
        Assert.Equal((PipPackageKind.Folder, true), (Of("local").Kind, Of("local").IsDirect));
        Assert.Equal((PipPackageKind.Repository, commit, "sub/dir", "git"),
            (Of("gitted").Kind, Of("gitted").Commit, Of("gitted").Subdirectory, Of("gitted").VersionControl));

        var builder = new PipBuilder(_builder);
        var wheels = Path.Combine(_folder.Path, "wheels");
        foreach (var name in (string[])["sdist", "local", "gitted"])
        {
            var built = await builder.BuildWheelAsync(
                WheelSource.Of(Of(name)), wheels, Sources(), new PipBuildOptions { Constraints = ["setuptools<82"] }, Token);
            Assert.Equal($"{name}-{Of(name).Version}-py3-none-any.whl", Path.GetFileName(built.Path));
            Assert.Equal(Sha256(built.Path), built.Sha256);
            Assert.Equal(name == "gitted" ? commit : null, built.Source.Commit);
        }

        Assert.Equal(3, Directory.GetFiles(wheels).Length);
    }

    [Fact]
    public async Task A_direct_address_of_a_wheel_is_kept()
    {
        var url = $"http://127.0.0.1:{_index.Port}/files/base-1.0-py3-none-any.whl";
        var package = Assert.Single((await _resolver.ResolveAsync(Request($"base @ {url}"), Token)).Packages);
        Assert.Equal((url, true, PipPackageKind.Wheel, Sha256(Path.Combine(_archives, "base-1.0-py3-none-any.whl"))),
            (package.Url, package.IsDirect, package.Kind, package.Sha256));
    }

    [Fact]
    public async Task A_conflict_is_explained_in_a_few_lines()
    {
        var error = await Assert.ThrowsAsync<EnvironmentException>(() => _resolver.ResolveAsync(Request("app", "needs_two"), Token));
        Assert.Equal("MF7075", error.Code);
        Assert.Contains("'app', 'needs_two'", error.What, StringComparison.Ordinal);
        Assert.Contains("app 1.0 depends on base<2", error.Why, StringComparison.Ordinal);
        Assert.True(error.Why.Split('\n').Length < 10, error.Why);
    }

    [Theory]
    [InlineData("nothing", "No matching distribution found for nothing")]
    [InlineData("base==9", "from versions: 1.0, 2.0")]
    public async Task What_no_index_has_is_named(string requirement, string line)
    {
        var error = await Assert.ThrowsAsync<EnvironmentException>(() => _resolver.ResolveAsync(Request(requirement), Token));
        Assert.Equal("MF7075", error.Code);
        Assert.Contains(line, error.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_that_fails_shows_its_last_lines()
    {
        SourcePackage.WriteArchive(_archives, "broken", "1.0", fail: "raise RuntimeError('no compiler here')");
        var source = WheelSource.Of("broken", Path.Combine(_archives, "broken-1.0.tar.gz"));
        var error = await Assert.ThrowsAsync<EnvironmentException>(() => new PipBuilder(_builder).BuildWheelAsync(
            source, _folder.Path, Sources(), new PipBuildOptions(), Token));
        Assert.Equal("MF7077", error.Code);
        Assert.Contains("no compiler here", error.Why, StringComparison.Ordinal);
        Assert.True(error.Why.Split('\n').Length <= 24, error.Why);
    }

    [Fact]
    public async Task A_build_that_makes_another_package_is_refused()
    {
        var local = SourcePackage.WriteFolder(Path.Combine(_folder.Path, "local"), "local", "0.1");
        var error = await Assert.ThrowsAsync<EnvironmentException>(() => new PipBuilder(_builder).BuildWheelAsync(
            WheelSource.Of("other", local), _folder.Path, Sources(), new PipBuildOptions(), Token));
        Assert.Equal("MF7077", error.Code);
    }

    [Fact]
    public async Task Another_machine_gets_its_own_wheels_and_markers()
    {
        new TestWheel("native", "1.0") { Tag = "cp310-cp310-manylinux_2_17_aarch64.manylinux2014_aarch64" }.Write(_archives);
        var target = new PipTarget(
            PythonVersion.Parse("3.10"), PythonPlatform.FromSubdirectory("linux-aarch64")! with { Glibc = new LibraryVersion(2, 28) });
        var result = await _resolver.ResolveAsync(Request("app", "native") with { Target = target }, Token);
        Assert.Equal("app 1.0, armonly 1.0, base 1.0, linuxonly 1.0, native 1.0", Text(result));
        Assert.Equal("aarch64", result.Environment.PlatformMachine);

        var mac = target with { Platform = PythonPlatform.FromSubdirectory("osx-64")! };
        Assert.Equal("app 1.0, base 1.0", Text(await _resolver.ResolveAsync(Request("app") with { Target = mac }, Token)));
        await Assert.ThrowsAsync<EnvironmentException>(() => _resolver.ResolveAsync(Request("native") with { Target = mac }, Token));
    }

    [Fact]
    public async Task Credentials_are_used_and_never_shown()
    {
        using var index = new SimpleIndex(_archives, "user:s3cret");
        var sources = new PipSources { Index = index.Url.Replace("://", "://user:s3cret@", StringComparison.Ordinal) };
        var package = Assert.Single((await _resolver.ResolveAsync(Request("base") with { Sources = sources }, Token)).Packages);
        Assert.Equal($"http://127.0.0.1:{index.Port}/files/base-2.0-py3-none-any.whl", package.Url);
        var error = await Assert.ThrowsAsync<EnvironmentException>(() => _resolver.ResolveAsync(
            Request("nothing", "x @ " + sources.Index + "x-1-py3-none-any.whl") with { Sources = sources }, Token));
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", PipOutput.WithoutCredentials("git+https://user:s3cret@h/r"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-e .", "MF7078")]
    [InlineData("--editable=git+https://h/r#egg=x", "MF7078")]
    [InlineData("-r other.txt", "MF7070")]
    [InlineData("--index-url http://h", "MF7070")]
    [InlineData("base\n--pre", "MF7070")]
    [InlineData("base==${HOME}", "MF7070")]
    [InlineData("./folder", "MF7070")]
    [InlineData("base 1", "MF7070")]
    public async Task What_is_no_requirement_never_reaches_pip(string requirement, string code)
    {
        Assert.Equal(code, (await Assert.ThrowsAsync<EnvironmentException>(() => _resolver.ResolveAsync(Request(requirement), Token)))
            .Code);
        Assert.Empty(_index.Requests);
    }

    [Theory]
    [InlineData("http://h/\n--pre")]
    [InlineData("--pre")]
    [InlineData("http://${HOME}/")]
    public async Task An_index_that_could_be_an_option_never_reaches_pip(string index)
        => Assert.Equal("MF7070", (await Assert.ThrowsAsync<EnvironmentException>(() => _resolver.ResolveAsync(
            Request("base") with { Sources = new PipSources { Index = index } }, Token))).Code);

    [Theory]
    [InlineData("editable=.", "MF7078")]
    [InlineData("target=/", "MF7070")]
    [InlineData("--requirement=x", "MF7070")]
    [InlineData("q", "MF7070")]
    public async Task Flags_that_change_what_is_asked_are_refused(string flag, string code)
        => Assert.Equal(code, (await Assert.ThrowsAsync<EnvironmentException>(
            () => _resolver.ResolveAsync(Request("base") with { Flags = [flag] }, Token))).Code);

    private static string Text(PipResult result)
        => string.Join(", ", result.Packages.Select(static package => $"{package.NormalizedName} {package.Version}")
            .Order(StringComparer.Ordinal));

    private static string Sha256(string path)
        => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)));

    private PipSources Sources() => new() { Index = _index.Url };

    private PipRequest Request(params string[] requirements) => new() { Requirements = requirements, Sources = Sources() };

    private void Wheel(string name, string version, params string[] requires)
        => new TestWheel(name, version) { Requires = requires, Extras = ["x"] }.Write(_archives);
}
