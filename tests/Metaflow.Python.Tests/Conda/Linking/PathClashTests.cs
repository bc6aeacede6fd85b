using Metaflow.Errors;
using Metaflow.Python.Conda.Linking;
using Metaflow.Python.Tests.Conda.Archives;

namespace Metaflow.Python.Tests.Conda.Linking;

/// <summary>Two packages with one path are noticed.</summary>
public sealed class PathClashTests : IDisposable
{
    private readonly LinkerFixture _made = new();

    public void Dispose() => _made.Dispose();

    private static PackageBuilder One => new("one");

    private static PackageBuilder Two => new("two");

    [Fact]
    public async Task Different_files_of_one_path_are_refused_with_both_names()
    {
        var error = await RefusedAsync(One.File("share/x", "1"), Two.File("share/x", "2"));

        foreach (var name in new[] { "'one-1.0-0.conda'", "'two-1.0-0.conda'", "'share/x'" })
        {
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Equal_files_of_one_path_are_shared()
    {
        var report = await _made.LinkAsync(
            One.File("share/x", "1").Link("l", "share/x").Folder("f"), Two.File("share/x", "1").Link("l", "share/x").Folder("f"),
            new PackageBuilder("three").File("share/x", "1"));

        Assert.Equal(["l", "share/x"], report.Shared.Select(static path => path.Path));
        Assert.Equal(["one-1.0-0", "two-1.0-0", "three-1.0-0"], report.Shared[1].Packages);
        Assert.Equal("share/x", _made.Record("two-1.0-0")["files"]![0]!.GetValue<string>());
        Assert.Equal("", await _made.DifferencesAsync());
    }

    [Fact]
    public async Task Files_that_become_equal_are_shared()
    {
        var report = await _made.LinkAsync(
            One.Text("a", $"x={LinkerFixture.Placeholder}", LinkerFixture.Placeholder), Two.Text("a", "x=/opt/other", "/opt/other"),
            new PackageBuilder("three").File("a", $"x={_made.Prefix}"));

        Assert.Equal(3, Assert.Single(report.Shared).Packages.Count);
        Assert.Equal("", await _made.DifferencesAsync());
    }

    [Fact]
    public async Task Files_that_become_different_are_refused()
        => await RefusedAsync(One.Text("a", "/opt/one/", "/opt/one"), Two.Text("a", "/opt/one/", "/opt/two"));

    [Fact]
    public async Task The_later_package_wins_if_it_may()
    {
        _made.Options = _made.Options with { Clashes = PathClashes.LaterWins };
        var report = await _made.LinkAsync(
            One.File("x", "1"), Two.Text("x", LinkerFixture.Placeholder, LinkerFixture.Placeholder),
            new PackageBuilder("three").File("y", "3"));

        Assert.Equal(_made.Prefix, File.ReadAllText(_made.At("x")));
        Assert.Equal(["one-1.0-0", "two-1.0-0"], Assert.Single(report.Replaced).Packages);
        Assert.Equal("", await _made.DifferencesAsync());
    }

    [Fact]
    public async Task Kinds_that_differ_are_refused()
    {
        await RefusedAsync(One.File("x", "1"), Two.Link("x", "y"));
        await RefusedAsync(One.File("x", "1"), Two.File("x/y", "1"));
        await RefusedAsync(One.File("x/y", "1"), Two.File("x", "1"));
        await RefusedAsync(One.File("x", "1"), Two.Folder("x"));
        await RefusedAsync(One.Link("x", "a"), Two.Link("x", "b"));
        _made.Options = _made.Options with { Clashes = PathClashes.LaterWins };
        await RefusedAsync(One.File("x", "1"), Two.Link("x", "y"));
    }

    [Fact]
    public async Task Names_that_differ_in_capital_letters_clash_only_where_they_are_one()
    {
        _made.Options = _made.Options with { FoldsCase = true };
        var error = await RefusedAsync(One.File("share/Readme", "1"), Two.File("share/README", "2"));
        Assert.Contains("takes them for one name", error.Message, StringComparison.Ordinal);

        _made.Options = _made.Options with { FoldsCase = null };
        await _made.LinkAsync(One.File("share/Readme", "1"), Two.File("share/README", "2"));
        Assert.Equal("2", File.ReadAllText(_made.At("share/README")));
    }

    [Fact]
    public async Task Files_behind_a_link_of_another_package_lie_where_it_leads()
    {
        await _made.LinkAsync(
            One.File("lib/a", "a").Link("lib64", "lib"), Two.File("lib64/b", "b").Folder("lib64/empty").Folder("lib64"));

        Assert.Equal("lib", new FileInfo(_made.At("lib64")).LinkTarget);
        Assert.Equal("b", File.ReadAllText(_made.At("lib/b")));
        Assert.True(Directory.Exists(_made.At("lib/empty")));
        Assert.Equal("", await _made.DifferencesAsync());
        Directory.Delete(_made.Prefix, recursive: true);
        await RefusedAsync(One.File("lib/a", "a").Link("lib64", "lib"), Two.File("lib64/a", "b"));
    }

    [Theory]
    [InlineData("conda-meta/history")]
    [InlineData("conda-meta/x.json")]
    [InlineData("CONDA-META/.metaflow-complete")]
    public async Task What_an_environment_says_about_itself_is_no_packages(string path)
    {
        var error = await Assert.ThrowsAsync<EnvironmentException>(() => _made.LinkAsync(One.File(path, "x")));
        Assert.Equal("MF7061", error.Code);
    }

    private async Task<EnvironmentException> RefusedAsync(params PackageBuilder[] builders)
    {
        var error = await Assert.ThrowsAsync<EnvironmentException>(() => _made.LinkAsync(builders));
        Assert.Equal("MF7064", error.Code);
        Assert.False(Directory.Exists(_made.Prefix));
        return error;
    }
}
