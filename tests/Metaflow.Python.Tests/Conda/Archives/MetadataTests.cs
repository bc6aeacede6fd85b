using System.Text.Json.Nodes;
using Metaflow.Errors;
using Metaflow.Python.Conda.Archives;

namespace Metaflow.Python.Tests.Conda.Archives;

/// <summary>What packages say about themselves is read in its present and its older forms.</summary>
public sealed class MetadataTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_package_of_today_is_read()
    {
        var found = await ReadAsync(new PackageBuilder("hello", "1.2", "py_3")
            .NoArchPython("hello = hello.main:run", "h=a_b.c : d.e [extra]")
            .Text("site-packages/a", "/opt/placeholder", "/opt/placeholder").Binary("b", [1], "/opt/other").File("c", [2], noLink: true)
            .Link("d", "c").Folder("e"));

        Assert.Equal(("hello", "1.2", "py_3"), (found.Name, found.Version, found.Build));
        Assert.Equal(("noarch", NoArch.Python), (found.Subdir, found.NoArch));
        Assert.Equal([new("hello", "hello.main", "run"), new EntryPoint("h", "a_b.c", "d.e")], found.EntryPoints);
        Assert.Equal(["site-packages/a", "b", "c", "d", "e"], found.Paths.Select(static path => path.Path));
        Assert.Equal(["/opt/placeholder", "/opt/other", null, null, null], found.Paths.Select(static path => path.Placeholder));
        Assert.Equal([false, true, false, false, false], found.Paths.Select(static path => path.IsBinary));
        Assert.Equal([false, false, true, false, false], found.Paths.Select(static path => path.IsCopied));
        Assert.Equal(EntryKind.Folder, found.Paths[4].Entry.Kind);
    }

    [Fact]
    public async Task An_older_package_is_read()
    {
        var found = await ReadAsync(new PackageBuilder("old") { HasPathsFile = false }
            .File("a", "x").File("b b", "x").File("c", "x").File("d", "x").File("unlisted", "x").Link("l", "a")
            .Info("files", "a\nb b\r\n\nc\nd\nl\n")
            .Info("has_prefix", "a\n\"/opt/long placeholder\" text \"b b\"\n/opt/p binary c\n").Info("no_link", "d\n"));

        Assert.Equal(["a", "b b", "c", "d", "l"], found.Paths.Select(static path => path.Path));
        Assert.Equal(
            ["/opt/anaconda1anaconda2" + "anaconda3", "/opt/long placeholder", "/opt/p", null, null],
            found.Paths.Select(static path => path.Placeholder));
        Assert.Equal([false, false, true, false, false], found.Paths.Select(static path => path.IsBinary));
        Assert.True(found.Paths[3].IsCopied);
        Assert.Equal(EntryKind.Link, found.Paths[4].Entry.Kind);
    }

    [Fact]
    public async Task A_package_without_a_list_brings_all_its_files()
    {
        var found = await ReadAsync(
            new PackageBuilder("bare") { HasPathsFile = false }.File("b", "x").File("a", "x").Info("about.json", "{}"));

        Assert.Equal(["a", "b"], found.Paths.Select(static path => path.Path));
    }

    [Theory]
    [InlineData("true", (int)NoArch.Generic)]
    [InlineData("false", (int)NoArch.None)]
    [InlineData("null", (int)NoArch.None)]
    [InlineData("\"generic\"", (int)NoArch.Generic)]
    [InlineData("\"python\"", (int)NoArch.Python)]
    public async Task Whether_a_package_is_for_every_machine_was_written_in_many_ways(string written, int expected)
    {
        var builder = new PackageBuilder("any");
        builder.Index["noarch"] = JsonNode.Parse(written);

        Assert.Equal((NoArch)expected, (await ReadAsync(builder)).NoArch);
    }

    [Theory]
    [InlineData("index.json", "nothing")]
    [InlineData("index.json", "[]")]
    [InlineData("index.json", """{"name": "a", "name": "b"}""")]
    [InlineData("index.json", """{"name": "a", "version": "1"}""")]
    [InlineData("index.json", """{"name": "../a", "version": "1", "build": "0"}""")]
    [InlineData("paths.json", """{"paths": [], "paths_version": 2}""")]
    [InlineData("paths.json", """{"paths_version": 1}""")]
    [InlineData("paths.json", """{"paths": [{"_path": "missing"}], "paths_version": 1}""")]
    [InlineData("paths.json", """{"paths": [{"_path": "../x"}], "paths_version": 1}""")]
    [InlineData("paths.json", """{"paths": [{"_path": "/x"}], "paths_version": 1}""")]
    [InlineData("paths.json", """{"paths": [{"_path": "x", "file_mode": "strange"}], "paths_version": 1}""")]
    [InlineData("paths.json", """{"paths": [{"path": "x"}], "paths_version": 1}""")]
    [InlineData("link.json", """{"noarch": {"type": "python", "entry_points": ["no colon"]}}""")]
    [InlineData("link.json", """{"noarch": {"type": "python", "entry_points": ["x = os:system('true')"]}}""")]
    [InlineData("link.json", """{"noarch": {"type": "python", "entry_points": ["../x = a:b"]}}""")]
    [InlineData("link.json", """{"noarch": {"type": "python", "entry_points": [1]}}""")]
    public async Task What_cannot_be_read_is_named(string file, string content)
    {
        var error = await Assert.ThrowsAsync<EnvironmentException>(
            () => ReadAsync(new PackageBuilder("wrong").File("x", "x").Info(file, content)));

        Assert.Equal("MF7062", error.Code);
        Assert.Contains("info/" + file, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_older_list_that_cannot_be_read_is_named()
    {
        foreach (var (file, content) in new[] { ("has_prefix", "\"\" text x\n"), ("files", "missing\n"), ("no_link", "../x\n") })
        {
            var error = await Assert.ThrowsAsync<EnvironmentException>(
                () => ReadAsync(new PackageBuilder("wrong") { HasPathsFile = false }.File("x", "x").Info(file, content)));
            Assert.Equal("MF7062", error.Code);
            Assert.Contains("info/" + file, error.Message, StringComparison.Ordinal);
        }
    }

    private async Task<PackageMetadata> ReadAsync(PackageBuilder builder)
    {
        var package = await _folder.ExtractAsync(builder);
        return PackageMetadata.Read(package, package.ReadContents());
    }
}
