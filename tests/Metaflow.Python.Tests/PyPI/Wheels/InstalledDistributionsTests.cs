using Metaflow.Core.Tests.Storage;
using Metaflow.Errors;
using Metaflow.Python.PyPI.Tags;
using Metaflow.Python.PyPI.Versions;
using Metaflow.Python.PyPI.Wheels;

namespace Metaflow.Python.Tests.PyPI.Wheels;

public sealed class InstalledDistributionsTests : IDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private readonly TemporaryFolder _folder = new();
    private readonly PrefixLayout _layout;

    public InstalledDistributionsTests()
        => _layout = PrefixLayout.Of(_folder.Path, PythonVersion.Parse("3.12.1"), PythonSystem.Linux);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Packages_of_every_form_are_listed()
    {
        Write("Foo.Bar-1.0.dist-info/METADATA", "Name: Foo.Bar\nVersion: 1.0\nRequires-Dist: a>=1;\n  python_version > '3'\n"
            + "Requires-Python: >=3.8\nProvides-Extra: x\n\nName: not this\n");
        Write("Foo.Bar-1.0.dist-info/INSTALLER", "conda\n");
        Write("Foo.Bar-1.0.dist-info/RECORD", "");
        Write("Foo.Bar-1.0.dist-info/direct_url.json",
            """{"url":"https://h/r.git","subdirectory":"s","vcs_info":{"vcs":"git","commit_id":"abc","requested_revision":"main"}}""");
        Write("old.egg-info/PKG-INFO", "Name: old\nVersion: 2\n");
        Write(
            "old.egg-info/requires.txt",
            "b\n\n[:python_version < \"3\"]\nc>=1\n\n[test:os_name == 'nt']\nd ; extra == 'q'\n\n[docs]\ne\n");
        Write("oldest-3-py3.12.egg-info", "Metadata-Version: 1.0\nName: oldest\nVersion: 3\n");
        Write("~killed-1.0.dist-info/WHEEL", "");

        var list = InstalledDistributions.List(_layout);
        Assert.Equal(["foo-bar", "old", "oldest"], list.Select(static item => item.Metadata.NormalizedName));
        var foo = list[0];
        Assert.Equal(["a>=1; python_version > '3'"], foo.Metadata.RequiresDist);
        Assert.Equal(("conda", true, ">=3.8", false), (foo.Installer, foo.HasRecord, foo.Metadata.RequiresPython, foo.IsEgg));
        Assert.Equal(("https://h/r.git", "abc", "main", "s"),
            (foo.DirectUrl!.Url, foo.DirectUrl.Commit, foo.DirectUrl.RequestedRevision, foo.DirectUrl.Subdirectory));
        Assert.Equal(
            [
                "b", "c>=1 ; python_version < \"3\"", "d ; (extra == \"q\") and ((os_name == 'nt') and extra == \"test\")",
                "e ; extra == \"docs\"",
            ],
            list[1].Metadata.RequiresDist);
        Assert.True(list[2].IsEgg);
        Assert.Equal("1.0", Assert.Single(InstalledDistributions.Find(_layout, "foo_bar")).Metadata.Version);
    }

    [Fact]
    public void A_package_whose_files_are_not_known_is_not_removed()
    {
        Write("oldest-3-py3.12.egg-info", "Name: oldest\nVersion: 3\n");
        Write("oldest.py", "");
        var removal = new DistributionRemoval(_layout);
        var oldest = InstalledDistributions.List(_layout)[0];
        Assert.Equal("MF7079", Assert.Throws<EnvironmentException>(() => removal.Remove(oldest, Token)).Code);

        // Something else, such as conda, may know them.
        removal.Remove(oldest, Token, [$"{_layout.SitePackages}/oldest.py"]);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_layout.SitePackagesPath));
    }

    [Fact]
    public void A_package_of_setuptools_is_removed_by_its_own_list()
    {
        Write("old.egg-info/PKG-INFO", "Name: old\nVersion: 2\n");
        Write("old.egg-info/installed-files.txt", "../old/__init__.py\n../../../../bin/old\nPKG-INFO\n");
        Write("old/__init__.py", "");
        Write("../../../bin/old", "");
        new DistributionRemoval(_layout).Remove(InstalledDistributions.List(_layout)[0], Token);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_layout.SitePackagesPath));
        Assert.False(File.Exists(_layout.PathOf("bin/old")));
    }

    [Fact]
    public void The_origin_of_a_package_is_written_as_it_is_read()
    {
        DirectUrl[] origins =
        [
            new("file:///a") { IsFolder = true, IsEditable = true }, new("https://h/a.whl") { Sha256 = "ab" },
            new("https://h/r.git") { VersionControl = "git", Commit = "c", RequestedRevision = "main", Subdirectory = "s" },
        ];
        Assert.All(origins, static origin =>
        {
            using var document = System.Text.Json.JsonDocument.Parse(origin.ToBytes());
            Assert.Equal(origin, DirectUrl.Read(document.RootElement));
        });
        using var former = System.Text.Json.JsonDocument.Parse("""{"url":"u","archive_info":{"hash":"sha256=cd"}}""");
        Assert.Equal("cd", DirectUrl.Read(former.RootElement)!.Sha256);
    }

    private void Write(string path, string content)
    {
        var file = Path.Combine(_layout.SitePackagesPath, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }
}
