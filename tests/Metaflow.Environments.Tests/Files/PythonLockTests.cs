using Metaflow.Environments.Exports;
using Metaflow.Environments.Files;
using Metaflow.Environments.Records;
using Metaflow.Errors;
using Metaflow.Python.PyPI.Resolving;
using Metaflow.Python.PyPI.Tags;
using Metaflow.Python.PyPI.Versions;

namespace Metaflow.Environments.Tests.Files;

/// <summary>The exact packages of the lock files of conda-lock, pixi, uv and PEP 751.</summary>
public sealed class PythonLockTests
{
    private const string Sha = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string Md5 = "0123456789abcdef0123456789abcdef";
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private const string CondaLock = $$"""
        version: 1
        metadata:
          content_hash:
            linux-64: {{Sha}}
          channels:
          - url: https://e.example/forge
            used_env_vars: []
          platforms:
          - linux-64
          - osx-arm64
        package:
        - name: python
          version: 3.11.2
          manager: conda
          platform: linux-64
          dependencies: {}
          url: https://e.example/forge/linux-64/python-3.11.2-h1_0.conda
          hash:
            md5: {{Md5}}
            sha256: {{Sha}}
          category: main
          optional: false
        - name: python
          version: 3.11.3
          manager: conda
          platform: osx-arm64
          dependencies: {}
          url: https://e.example/forge/osx-arm64/python-3.11.3-h1_0.conda
          hash: { md5: {{Md5}} }
          category: main
          optional: false
        - name: ruff
          version: '1.10'
          manager: conda
          platform: linux-64
          dependencies: {}
          url: https://e.example/forge/linux-64/ruff-1.10-0.tar.bz2
          hash: { sha256: {{Sha}} }
          categories: [dev]
        - name: Six_Pack
          version: '1.10'
          manager: pip
          platform: linux-64
          dependencies: {}
          url: https://e.example/six_pack-1.10-py3-none-any.whl
          hash: { sha256: {{Sha}} }
          categories: [main, dev]
        """;

    private const string Pixi6 = $$"""
        version: 6
        environments:
          default:
            channels:
            - url: https://e.example/forge/
            indexes:
            - https://e.example/simple
            packages:
              linux-64:
              - conda: https://e.example/forge/linux-64/python-3.11.2-h1_0.conda
              - pypi: https://e.example/six-1.10-py3-none-any.whl
              - pypi: git+https://e.example/lib.git?subdirectory=a%20b#{{Commit}}
        packages:
        - conda: https://e.example/forge/linux-64/python-3.11.2-h1_0.conda
          sha256: {{Sha}}
          md5: {{Md5}}
          depends: [ 'libc >=2' ]
        - pypi: https://e.example/six-1.10-py3-none-any.whl
          name: six
          version: '1.10'
          sha256: {{Sha}}
        - pypi: git+https://e.example/lib.git?subdirectory=a%20b#{{Commit}}
          name: lib
          version: 1.0
        """;

    private const string Pixi5 = $$"""
        version: 5
        environments:
          only:
            channels:
            - url: https://e.example/forge/
            packages:
              linux-64:
              - conda: https://e.example/forge/linux-64/python-3.11.2-h1_0.conda
              - pypi: https://e.example/six-1.10-py3-none-any.whl
        packages:
        - kind: conda
          name: python
          version: 3.11.2
          url: https://e.example/forge/linux-64/python-3.11.2-h1_0.conda
          sha256: {{Sha}}
          md5: {{Md5}}
        - kind: pypi
          name: six
          version: '1.10'
          url: https://e.example/six-1.10-py3-none-any.whl
          sha256: {{Sha}}
        """;

    private const string Uv = $$"""
        version = 1
        revision = 3
        requires-python = ">=3.11"

        [[package]]
        name = "project"
        version = "0.1.0"
        source = { editable = "." }
        dependencies = [
            { name = "numpy", version = "1.26", source = { registry = "https://e.example/simple" }, marker = "python_version < '3.12'" },
            { name = "numpy", version = "2.0", source = { registry = "https://e.example/simple" }, marker = "python_version >= '3.12'" },
            { name = "win", marker = "sys_platform == 'win32'" },
            { name = "rich", extra = ["color"] },
            { name = "lib" },
        ]

        [package.dev-dependencies]
        dev = [{ name = "unused" }]

        [[package]]
        name = "numpy"
        version = "1.26"
        source = { registry = "https://e.example/simple" }
        sdist = { url = "https://e.example/numpy-1.26.tar.gz", hash = "sha256:{{Sha}}", size = 1 }
        wheels = [
            { url = "https://e.example/numpy-1.26-cp311-cp311-win_amd64.whl", hash = "sha256:{{Sha}}" },
            { url = "https://e.example/numpy-1.26-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", hash = "sha256:{{Sha}}" },
        ]

        [[package]]
        name = "numpy"
        version = "2.0"
        source = { registry = "https://e.example/simple" }
        sdist = { url = "https://e.example/numpy-2.0.tar.gz", hash = "sha256:{{Sha}}" }

        [[package]]
        name = "win"
        version = "1.0"
        source = { directory = "../win" }

        [[package]]
        name = "rich"
        version = "1.0"
        source = { url = "https://e.example/rich-1.0-py3-none-any.whl" }
        wheels = [{ filename = "rich-1.0-py3-none-any.whl", hash = "sha256:{{Sha}}" }]

        [package.optional-dependencies]
        color = [{ name = "ink" }]

        [[package]]
        name = "ink"
        version = "1.0"
        source = { registry = "https://e.example/simple" }
        sdist = { url = "https://e.example/ink-1.0.tar.gz", hash = "sha256:{{Sha}}" }

        [[package]]
        name = "lib"
        version = "1.0"
        source = { git = "https://e.example/lib.git?rev=main#{{Commit}}" }

        [[package]]
        name = "unused"
        version = "1.0"
        source = { registry = "https://e.example/simple" }
        """;

    private const string Pylock = $$"""
        lock-version = "1.0"
        environments = ["sys_platform == 'linux'"]
        requires-python = ">=3.10"
        default-groups = ["base"]
        created-by = "a"

        [[packages]]
        name = "numpy"
        version = "1.26"
        marker = "python_version < '3.12'"
        wheels = [
            { url = "https://e.example/numpy-1.26-cp311-cp311-macosx_11_0_arm64.whl", hashes = { sha256 = "{{Sha}}" } },
            { url = "https://e.example/numpy-1.26-cp311-cp311-manylinux_2_17_x86_64.whl", hashes = { sha256 = "{{Sha}}" } },
        ]

        [[packages]]
        name = "numpy"
        version = "2.0"
        marker = "python_version >= '3.12'"
        sdist = { url = "https://e.example/numpy-2.0.tar.gz", hashes = { sha256 = "{{Sha}}" } }

        [[packages]]
        name = "grouped"
        version = "1.0"
        marker = "'base' in dependency_groups"
        archive = { url = "https://e.example/grouped-1.0.tar.gz", hashes = { sha256 = "{{Sha}}" }, subdirectory = "s" }

        [[packages]]
        name = "other"
        version = "1.0"
        marker = "'other' in dependency_groups or 'x' in extras"
        sdist = { url = "https://e.example/other-1.0.tar.gz", hashes = { sha256 = "{{Sha}}" } }
        """;

    [Fact]
    public void Conda_lock_gives_the_packages_of_the_category_main_for_the_machine()
    {
        var read = ReadConda("linux-64", CondaLock);

        Assert.Equal(["https://e.example/forge/linux-64/python-3.11.2-h1_0.conda"], read.Locked!.Conda!.Select(static one => one.Url));
        Assert.Equal((Md5, Sha), (read.Locked.Conda![0].Hash, read.Locked.Conda[0].Sha256));
        Assert.Equal("Wheel Six_Pack 1.10 https://e.example/six_pack-1.10-py3-none-any.whl", Chosen(read, "3.11.2"));
        Assert.Equal("3.11.2", read.Requirement.Python);
        Assert.Equal(["https://e.example/forge"], FileAssert.Sources(read, "conda"));
        Assert.Equal("3.11.3", ReadConda("osx-arm64", CondaLock).Requirement.Python);
        Assert.Contains("dev", Assert.Single(read.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Pixi_of_both_versions_gives_the_packages_of_its_environment()
    {
        var six = PixiLock.Parse(InputFile.Of("pixi.lock", Pixi6), "linux-64");
        var five = PixiLock.Parse(InputFile.Of("pixi.lock", Pixi5), "linux-64");

        Assert.Equal(["python-3.11.2-h1_0"], six.Locked!.Conda!.Select(static one => one.FileName));
        Assert.Equal(["python-3.11.2-h1_0"], five.Locked!.Conda!.Select(static one => one.FileName));
        Assert.Equal("Wheel six 1.10 https://e.example/six-1.10-py3-none-any.whl", Chosen(five, "3.11.2"));
        Assert.Equal(
            "Wheel six 1.10 https://e.example/six-1.10-py3-none-any.whl\nRepository lib 1.0 https://e.example/lib.git",
            Chosen(six, "3.11.2"));
        var repository = six.Locked.Choose(PythonVersion.Parse("3.11.2"), Linux)[1];
        Assert.Equal((Commit, "a b"), (repository.Commit, repository.Subdirectory));
    }

    [Theory]
    [InlineData("3.11.2", "Wheel numpy 1.26 https://e.example/numpy-1.26-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl")]
    [InlineData("3.12.1", "SourceArchive numpy 2.0 https://e.example/numpy-2.0.tar.gz")]
    public void Uv_gives_what_the_project_needs_on_the_machine(string python, string numpy)
    {
        var read = UvLock.Parse(InputFile.Of("uv.lock", Uv));

        Assert.Equal(
            numpy + "\nWheel rich 1.0 https://e.example/rich-1.0-py3-none-any.whl\nSourceArchive ink 1.0 https://e.example/ink-1.0.tar.gz"
            + "\nRepository lib 1.0 https://e.example/lib.git",
            Chosen(read, python));
        Assert.Equal(">=3.11", read.Requirement.Python);
        Assert.Null(read.Locked!.Conda);
    }

    [Theory]
    [InlineData("3.11.2", "Wheel numpy 1.26 https://e.example/numpy-1.26-cp311-cp311-manylinux_2_17_x86_64.whl")]
    [InlineData("3.12.1", "SourceArchive numpy 2.0 https://e.example/numpy-2.0.tar.gz")]
    public void Pylock_gives_what_its_markers_and_groups_ask_for(string python, string numpy)
        => Assert.Equal(
            numpy + "\nSourceArchive grouped 1.0 https://e.example/grouped-1.0.tar.gz",
            Chosen(PylockToml.Parse(InputFile.Of("pylock.toml", Pylock)), python));

    [Fact]
    public void A_machine_or_an_environment_that_a_lock_lacks_is_refused_with_those_that_it_has()
    {
        Assert.Contains(
            "linux-64, osx-arm64",
            FileAssert.Refused("MF7118", "'conda-lock.yml' has no packages for win-64.", () => ReadConda("win-64", CondaLock)).Why,
            StringComparison.Ordinal);
        Assert.Contains(
            "linux-64",
            FileAssert.Refused(
                "MF7118", "'pixi.lock' has no packages for win-64.",
                () => PixiLock.Parse(InputFile.Of("pixi.lock", Pixi6), "win-64")).Why,
            StringComparison.Ordinal);
        var two = "version: 6\nenvironments:\n  a: {}\n  b: {}\npackages: []\n";
        Assert.Contains(
            "a, b",
            FileAssert.Refused(
                "MF7118", "'pixi.lock' has no environment 'default'.",
                () => PixiLock.Parse(InputFile.Of("pixi.lock", two), "linux-64")).Why,
            StringComparison.Ordinal);
        var windows = new PythonPlatform(PythonSystem.Windows, "AMD64");
        var pylock = PylockToml.Parse(InputFile.Of("pylock.toml", Pylock));
        Assert.Equal("MF7118", Assert.Throws<ConfigurationException>(
            () => pylock.Locked!.Choose(PythonVersion.Parse("3.11.2"), windows)).Code);
        var uv = UvLock.Parse(InputFile.Of("uv.lock", Uv.Replace("sdist = ", "other = ", StringComparison.Ordinal)));
        Assert.Equal("MF7118", Assert.Throws<ConfigurationException>(
            () => uv.Locked!.Choose(PythonVersion.Parse("3.13.1"), Linux)).Code);
    }

    [Fact]
    public void Packages_of_this_machine_are_refused()
    {
        FileAssert.Refused("MF7112", "'conda-lock.yml' has", () => ReadConda(
            "linux-64", CondaLock.Replace("https://e.example/forge/linux-64", "file:///c/linux-64", StringComparison.Ordinal)));
        FileAssert.Refused("MF7112", "'pixi.lock' has 'six'.", () => PixiLock.Parse(
            InputFile.Of("pixi.lock", Pixi6.Replace("https://e.example/six-1.10-py3-none-any.whl", "./", StringComparison.Ordinal)),
            "linux-64"));
        FileAssert.Refused("MF7112", "'pixi.lock' has 'six'.", () => PixiLock.Parse(
            InputFile.Of("pixi.lock", Pixi5.Replace("  name: six", "  editable: true\n  name: six", StringComparison.Ordinal)),
            "linux-64"));
        var uv = UvLock.Parse(InputFile.Of("uv.lock", Uv));
        var windows = new PythonPlatform(PythonSystem.Windows, "AMD64");
        Assert.Equal("MF7112", Assert.Throws<ConfigurationException>(
            () => uv.Locked!.Choose(PythonVersion.Parse("3.11.2"), windows)).Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a: [")]
    [InlineData("- 1")]
    [InlineData("version: 2")]
    [InlineData("version: 1\npackage: x")]
    [InlineData("version: 1\npackage: [x]")]
    [InlineData("version: 6\nenvironments: { default: { packages: { linux-64: [ { conda: x } ] } } }")]
    [InlineData("version: 6\nenvironments: []")]
    [InlineData("version = 1")]
    [InlineData("version = 1\npackage = 1")]
    [InlineData("version = 1\n[[package]]\nname = 1")]
    [InlineData("version: &a [ *a ]")]
    [InlineData("version: 1\nversion: 1")]
    public void What_is_no_such_file_is_refused(string text)
    {
        foreach (var parse in (Func<InputFile, FileRequirement>[])
            [file => CondaLockFile.Parse(file, "linux-64"), file => PixiLock.Parse(file, "linux-64"), UvLock.Parse])
        {
            var error = Assert.Throws<ConfigurationException>(() => parse(InputFile.Of("f", text)));
            Assert.Contains(error.Code, (string[])["MF7115", "MF7118"]);
        }
    }

    [Fact]
    public void A_package_without_a_hash_is_refused()
        => FileAssert.Refused("MF7115", "'conda-lock.yml' has", () => ReadConda(
            "linux-64", CondaLock.Replace(Sha, "x", StringComparison.Ordinal)));

    [Fact]
    public void What_is_exported_is_read_again_as_the_same_packages()
    {
        CondaPackage python = new("python-3.11.2-h1_0", "https://e.example/forge/linux-64/python-3.11.2-h1_0.conda")
        {
            Hashes = new Dictionary<string, string> { [".conda"] = Md5 },
            Sha256 = Sha,
        };
        PyPIPackage wheel = new("six-1.10-py3-none-any", "https://e.example/six-1.10-py3-none-any.whl")
        {
            Hashes = new Dictionary<string, string> { [".whl"] = Sha },
        };
        PyPIPackage built = new("lib-1.0-py3-none-any", "https://_fake/lib-1.0-py3-none-any.whl")
        {
            UrlFormat = ".whl",
            Hashes = new Dictionary<string, string> { [".whl"] = Sha },
        };
        var environment = new ResolvedEnvironment
        {
            Id = new EnvironmentId("a", "b", "linux-64"),
            Sources = [new TypedText("conda", "https://e.example/forge")],
            Packages = [python, wheel, built],
            ResolvedOn = DateTimeOffset.UnixEpoch,
            ResolvedBy = "ada",
            Kind = "mixed",
        };

        string Written(string format) => EnvironmentExport.Write(environment, format, "net10.0");
        var conda = ReadConda("linux-64", Written("conda-lock.yml"));
        var pixi = PixiLock.Parse(InputFile.Of("pixi.lock", Written("pixi.lock")), "linux-64");
        var pylock = PylockToml.Parse(InputFile.Of("pylock.toml", Written("pylock.toml")));

        Assert.All([conda, pixi], read =>
        {
            var package = Assert.Single(read.Locked!.Conda!);
            Assert.Equal((python.Url, Md5, Sha), (package.Url, package.Hash, package.Sha256));
            Assert.Equal(["https://e.example/forge"], FileAssert.Sources(read, "conda"));
        });
        Assert.All([conda, pixi, pylock], static read
            => Assert.Equal("Wheel six 1.10 https://e.example/six-1.10-py3-none-any.whl", Chosen(read, "3.11.2")));
        Assert.Equal("==3.11.2", pylock.Requirement.Python);
        Assert.All((string[])["conda-lock.yml", "pixi.lock", "pylock.toml"], format
            => Assert.Contains("lib", Assert.Single(EnvironmentExport.Notes(environment, format, "net10.0")), StringComparison.Ordinal));
    }

    private static PythonPlatform Linux => PythonPlatform.FromSubdirectory("linux-64")! with { Glibc = new LibraryVersion(2, 36) };

    private static FileRequirement ReadConda(string architecture, string text)
        => CondaLockFile.Parse(InputFile.Of("conda-lock.yml", text), architecture);

    private static string Chosen(FileRequirement read, string python)
        => string.Join('\n', read.Locked!.Choose(PythonVersion.Parse(python), Linux)
            .Select(static one => $"{one.Kind} {one.Name} {one.Version} {one.Url}"));
}
