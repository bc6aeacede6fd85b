using System.Text;
using System.Text.Json;
using Metaflow.Environments.Records;

namespace Metaflow.Environments.Tests.Records;

/// <summary>Records of environments are those of the extension.</summary>
public sealed class EnvironmentJsonTests
{
    /// <summary>As the extension wrote it, with what a later one may add.</summary>
    private const string OfExtension = """
        {"deps": ["sys::__glibc==2.27=0", "conda::hello==0.1"], "sources": ["conda::conda-forge"], "extras": ["pypi::--pre"],
         "packages": [
          {"_type": "conda", "filename": "my-hello-0.1-py_0", "url": "http://c.example/noarch/my-hello-0.1-py_0.tar.bz2",
           "url_format": ".tar.bz2", "hashes": {".tar.bz2": "1a", ".conda": "2b"},
           "cache_info": {".conda": {"_type": "conda", "url": "packages/conda/c.example/x/2b/my-hello-0.1-py_0.conda", "size": 7}},
           "license": {"name": "MIT"}},
          {"_type": "pip", "filename": "Foo_Bar-1.0.post1-py3-none-any", "url": "http://p.example/foo-bar-1.0.post1.tar.gz",
           "url_format": ".whl", "hashes": {".whl": "3c"}}],
         "resolved_on": "2024-03-31T02:30:00.123456", "resolved_by": "gr\u00fcn", "resolved_archs": ["linux-64", "osx-arm64"],
         "env_type": "mixed", "accurate_source": false, "full_id_unique_keys": {"uv_lock_content_hash": "zz"}, "future": [1, {"a": null}]}
        """;

    private static readonly EnvironmentId Id = new("r", "f", "linux-64");

    [Fact]
    public void A_record_of_the_extension_is_understood()
    {
        var environment = Read(OfExtension);

        Assert.Equal([new("sys", "__glibc==2.27=0"), new TypedText("conda", "hello==0.1")], environment.Requirements);
        Assert.Equal([new TypedText("conda", "conda-forge")], environment.Sources);
        Assert.Equal([new TypedText("pypi", "--pre")], environment.Extras);
        Assert.Equal(new DateTime(2024, 3, 31, 2, 30, 0).AddTicks(1_234_560), environment.ResolvedOn.DateTime);
        Assert.Equal("grün", environment.ResolvedBy);
        Assert.Equal(["linux-64", "osx-arm64"], environment.Architectures);
        Assert.Equal("mixed", environment.Kind);
        Assert.False(environment.IsAccurateSource);
        Assert.Equal("zz", environment.UniqueKeys["uv_lock_content_hash"]);
        var conda = Assert.IsType<CondaPackage>(environment.Packages[0]);
        Assert.Equal(("my-hello", "0.1", "py_0", "1a"), (conda.Name, conda.Version, conda.Build, conda.Hash));
        Assert.Equal("2b", conda.CachedFiles[".conda"].Hash);
        var pypi = Assert.IsType<PyPIPackage>(environment.Packages[1]);
        Assert.Equal(("pypi", "foo-bar", "1.0.post1", "3c"), (pypi.Category, pypi.Name, pypi.Version, pypi.Hash));
    }

    [Fact]
    public void A_record_is_written_as_it_was_read_with_members_that_are_not_known()
    {
        var written = EnvironmentJson.ToBytes(Read(OfExtension));

        // The former name of a category is the only thing that changes.
        var expected = OfExtension.Replace("\"pip\"", "\"pypi\"", StringComparison.Ordinal);
        Assert.Equal(Plain(expected), Plain(Encoding.UTF8.GetString(written)));
        Assert.True(Ascii.IsValid(written));
    }

    [Fact]
    public void A_package_of_NuGet_has_all_that_is_needed_to_install_it()
    {
        var environment = Samples.NuGet();
        var json = Encoding.UTF8.GetString(EnvironmentJson.ToBytes(environment));

        Assert.Contains(
            """
            {"_type":"nuget","id":"Newtonsoft.Json","version":"12.0.3","url":"https://feed.example/v3/index.json",
            "content_hash":"hash+12.0.3==","sha256":"abc","length":2596051,"unpacked_length":700000,
            "dependencies":{"System.Memory":"4.5.0"},"frameworks":["Microsoft.AspNetCore.App"],"assets":[
            {"kind":"assembly","path":"lib/netstandard2.0/Newtonsoft.Json.dll","assembly_version":"12.0.0.0","file_version":"12.0.3.23909"},
            {"kind":"native","path":"runtimes/linux-x64/native/libx.so"},
            {"kind":"satellite","path":"lib/netstandard2.0/de/X.resources.dll","culture":"de"}]}
            """.ReplaceLineEndings(""),
            json,
            StringComparison.Ordinal);
        var package = Assert.IsType<NuGetPackage>(Assert.Single(Read(json).Packages));
        var expected = (NuGetPackage)environment.Packages[0];
        Assert.Equal(expected.Dependencies, package.Dependencies);
        Assert.Equal(expected.Assets, package.Assets);
        Assert.Equal(expected.Frameworks, package.Frameworks);
        Assert.Equal(
            expected with { Dependencies = package.Dependencies, Assets = package.Assets, Frameworks = package.Frameworks }, package);
    }

    [Fact]
    public void A_runtime_is_a_package_whose_files_are_those_of_NET()
    {
        var json = Encoding.UTF8.GetString(EnvironmentJson.ToBytes(Samples.WithRuntime(Samples.NuGet())));
        var read = Read(json);

        Assert.Contains(
            """{"kind":"runtime","path":"runtimes/linux-x64/lib/net10.0/System.Runtime.dll"}""", json, StringComparison.Ordinal);
        Assert.Equal("10.0.13", read.Runtime?.Version);
        Assert.Equal(["Newtonsoft.Json"], read.Libraries.Select(static package => package.Id));
    }

    [Fact]
    public void Of_an_archive_of_sources_and_its_wheel_in_one_record_the_wheel_is_installed_and_the_archive_counts_for_the_identity()
    {
        var package = Assert.IsType<PyPIPackage>(Assert.Single(Read("""
            {"deps": ["pypi::foo"], "sources": [], "packages": [
              {"_type": "pypi", "filename": "foo-1.0-py3-none-any", "url": "http://p.example/foo-1.0.tar.gz", "url_format": ".tar.gz",
               "hashes": {".tar.gz": "1a", ".whl": "2b"}, "cache_info": {".whl": {"_type": "pypi", "url": "p/foo-1.0-py3-none-any.whl"}}}],
             "resolved_on": "2023-01-02T03:04:05", "resolved_by": "ada", "resolved_archs": ["linux-64"], "env_type": "pypi-only"}
            """).Packages));

        Assert.Equal("1a", package.Hash);
        Assert.Equal(("foo-1.0-py3-none-any.whl", "2b", "2b"), (package.FullName, package.FileHash, package.ContentKey));
    }

    [Fact]
    public void Old_records_have_fewer_members()
    {
        var environment = Read("""
            {"deps": ["pip::foo"], "sources": [], "packages": [], "resolved_on": "2023-01-02T03:04:05", "resolved_by": "ada",
             "resolved_archs": ["linux-64"], "env_type": "pip-only"}
            """);

        Assert.Equal([new TypedText("pypi", "foo")], environment.Requirements);
        Assert.Equal("pypi-only", environment.Kind);
        Assert.True(environment.IsAccurateSource);
        Assert.Empty(environment.Extras);
        Assert.Empty(environment.UniqueKeys);
    }

    [Theory]
    [InlineData("hello-0.1-0", "hello", "0.1", "0")]
    [InlineData("my-long-name-1.2.3-h123_4", "my-long-name", "1.2.3", "h123_4")]
    [InlineData("odd", "odd", "", "")]
    public void The_name_of_a_file_of_conda_says_name_version_and_build(string file, string name, string version, string build)
    {
        var package = new CondaPackage(file, "http://c.example/x.conda");

        Assert.Equal((name, version, build), (package.Name, package.Version, package.Build));
    }

    [Theory]
    [InlineData("foo_bar-1.0", "foo-bar", "1.0")]
    [InlineData("Foo.Bar-2!1.0rc1.dev3+local.1", "foo-bar", "2!1.0rc1.dev3+local.1")]
    [InlineData("numpy-1.26.4-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64", "numpy", "1.26.4")]
    [InlineData("foo-1.0-1-py3-none-any", "foo", "1.0")]
    [InlineData("foo-1.0-py3-none-win32", "foo", "1.0")]
    [InlineData("odd", "odd", "")]
    public void The_name_of_a_file_of_PyPI_says_name_and_version(string file, string name, string version)
    {
        var package = new PyPIPackage(file, "http://p.example/x.whl");

        Assert.Equal((name, version), (package.Name, package.Version));
    }

    [Theory]
    [InlineData("http://c.example/a-1-0.tar.bz2", ".tar.bz2")]
    [InlineData("http://c.example/a-1.5-0.conda", ".conda")]
    [InlineData("http://p.example/a-1.5.tar.gz", ".tar.gz")]
    [InlineData("http://p.example/a-1.5.zip", ".zip")]
    public void The_address_says_the_format_unless_the_record_does(string url, string format)
        => Assert.Equal(format, new CondaPackage("a-1-0", url).UrlFormat);

    [Theory]
    [InlineData("2024-05-01T12:34:56")]
    [InlineData("2024-05-01T12:34:56.000001")]
    [InlineData("2024-03-31T02:30:00")]
    [InlineData("2024-10-27T02:30:00")]
    public void Times_without_a_zone_keep_what_the_clock_showed(string text) => Assert.Equal(text, RecordTime.ToText(RecordTime.Of(text)));

    [Fact]
    public void Times_of_other_zones_are_written_as_local_ones_because_Python_does_not_compare_both_kinds()
    {
        var time = new DateTimeOffset(2024, 5, 1, 12, 34, 56, TimeSpan.FromHours(9));

        var text = RecordTime.ToText(time);

        Assert.Equal(19, text.Length);
        Assert.Equal(time, RecordTime.Of(text));
    }

    [Theory]
    [InlineData("conda-only", true)]
    [InlineData("mixed", true)]
    [InlineData("nuget-only", false)]
    public void The_extension_reads_only_kinds_that_it_knows(string kind, bool isRead)
        => Assert.Equal(isRead, EnvironmentJson.IsForExtension(Samples.Conda() with { Kind = kind }));

    [Fact]
    public void The_extension_reads_no_packages_of_NuGet()
        => Assert.False(EnvironmentJson.IsForExtension(Samples.NuGet() with { Kind = "mixed" }));

    private static ResolvedEnvironment Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return EnvironmentJson.Read(Id, document.RootElement);
    }

    private static string Plain(string json)
    {
        using var document = JsonDocument.Parse(json);
        return JsonSerializer.Serialize(document.RootElement);
    }
}
