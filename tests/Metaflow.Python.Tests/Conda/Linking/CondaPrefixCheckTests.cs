using Metaflow.Python.Conda.Linking;
using Metaflow.Python.Tests.Conda.Archives;

namespace Metaflow.Python.Tests.Conda.Linking;

/// <summary>What was changed in an environment is named.</summary>
public sealed class CondaPrefixCheckTests : IDisposable
{
    private readonly LinkerFixture _made = new();

    public void Dispose() => _made.Dispose();

    private static PackageBuilder Package => new PackageBuilder("a").File("bin/x", "some bytes")
        .Text("bin/y", $"#!{LinkerFixture.Placeholder}\n", LinkerFixture.Placeholder).Link("lib/l", "../bin/x").Folder("var/empty");

    [Fact]
    public async Task Every_byte_of_an_environment_counts()
    {
        _made.Options = _made.Options with { Method = LinkMethod.Copy };
        await _made.LinkAsync(
            LinkerFixture.Python, new PackageBuilder("b").NoArchPython("b = b:c").File("site-packages/b.py", "1"), Package);
        Assert.Equal("", await _made.DifferencesAsync());
        foreach (var file in Directory.EnumerateFiles(_made.Prefix, "*", SearchOption.AllDirectories)
            .Where(static file => new FileInfo(file).LinkTarget is null).ToList())
        {
            var bytes = File.ReadAllBytes(file);

            // Of long records every 31st: each byte is one of a hash anyway.
            for (var at = 0; at < bytes.Length; at += bytes.Length > 500 ? 31 : 1)
            {
                bytes[at] ^= 1;
                File.WriteAllBytes(file, bytes);
                bytes[at] ^= 1;
                Assert.NotEqual("", await _made.DifferencesAsync());
            }

            File.WriteAllBytes(file, bytes);
        }

        Assert.Equal("", await _made.DifferencesAsync());
    }

    [Fact]
    public async Task What_differs_is_named_with_its_package()
    {
        await _made.LinkAsync(Package);
        File.Delete(_made.At("bin/x"));
        File.AppendAllText(_made.At("bin/y"), "more");
        File.Delete(_made.At("lib/l"));
        File.CreateSymbolicLink(_made.At("lib/l"), "elsewhere");
        Directory.Delete(_made.At("var/empty"));
        File.Delete(_made.At("conda-meta/history"));

        Assert.Equal(
            """
            a-1.0-0 bin/x Missing
            a-1.0-0 bin/y Changed
             conda-meta/history Missing
            a-1.0-0 lib/l Changed
            a-1.0-0 var/empty Missing
            """.ReplaceLineEndings("\n"),
            await _made.DifferencesAsync());
    }

    [Fact]
    public async Task An_environment_of_conda_can_be_compared_too()
    {
        await _made.LinkAsync(Package);
        File.Delete(_made.At("conda-meta/.metaflow-complete"));
        Assert.Equal(" conda-meta Incomplete", await _made.DifferencesAsync());
        File.WriteAllText(_made.At("conda-meta/a-1.0-0.json"), "{}");
        File.WriteAllText(_made.At("conda-meta/b.json"), "nothing");
        Assert.Equal(
            " conda-meta Incomplete\na-1.0-0 conda-meta/a-1.0-0.json Changed\nb conda-meta/b.json Changed", await _made.DifferencesAsync());
        Assert.Equal(
            PrefixChange.Incomplete,
            Assert.Single(await CondaPrefixCheck.FindAsync(_made.At("nowhere"), TestContext.Current.CancellationToken)).Change);
    }
}
