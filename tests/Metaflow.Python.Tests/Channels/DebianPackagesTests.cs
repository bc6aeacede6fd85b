using Metaflow.Core.Tests.Storage;

namespace Metaflow.Python.Tests.Channels;

/// <summary>How packages of Debian are asked for.</summary>
public sealed class DebianPackagesTests : IDisposable
{
    private const string Bookworm = "ID=debian\nVERSION_CODENAME=bookworm\n";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_machine_s_source_is_taken_with_another_release()
    {
        Write(
            "sources.list.d/debian.sources",
            """
            # A comment
            Types: deb deb-src
            URIs: http://archive.invalid/debian
            Suites: bookworm bookworm-updates
            Components: main contrib
            Signed-By: /keys/debian.gpg

            Types: deb
            URIs: http://archive.invalid/security
            Suites: bookworm-security
            Components: main
            """);
        Write("sources.list", "deb [arch=amd64 signed-by=/keys/other.gpg] http://other.invalid/apt stable extra # comment\n");

        var source = DebianSources.ForSuite(_folder.Path, Bookworm, "trixie");

        Assert.Equal(
            [
                "types: deb", "uris: http://archive.invalid/debian", "suites: trixie", "components: main", "signed-by: /keys/debian.gpg",
                "architectures: amd64", "", "",
            ],
            source.Split('\n'));
    }

    [Fact]
    public void A_source_of_one_line_is_read()
    {
        Write("sources.list", "deb [signed-by=/keys/debian.gpg] http://archive.invalid/debian bookworm main\n");

        var source = DebianSources.ForSuite(_folder.Path, Bookworm, "trixie");

        Assert.Equal(
            [
                "types: deb", "signed-by: /keys/debian.gpg", "uris: http://archive.invalid/debian", "suites: trixie", "components: main",
                "architectures: amd64", "", "",
            ],
            source.Split('\n'));
    }

    [Theory]
    [InlineData("ID=ubuntu\nVERSION_CODENAME=jammy\n")]
    [InlineData(Bookworm)]
    public void A_machine_without_such_a_source_gives_the_reason(string system)
        => Assert.Throws<DebianUnavailableException>(() => DebianSources.ForSuite(_folder.Path, system, "trixie"));

    [Theory]
    [InlineData("zlib1g_1%3a1.3.dfsg+really1.3.1-1+b1_amd64.deb", "1.3.1")]
    [InlineData("python3-pandas_2.2.3+dfsg-9_all.deb", "2.2.3")]
    [InlineData("zlib1g_1%3a1.2.13.dfsg-1_amd64.deb", "1.2.13")]
    [InlineData("tzdata_2026b-0+deb12u1_all.deb", "2026b")]
    [InlineData("libssl3_3.0.20-1~deb12u2_amd64.deb", "3.0.20")]
    public void Versions_lose_what_Debian_added(string file, string version)
    {
        Write(DebianSet.Manifest, $"{file} 00\n");

        Assert.Equal(version, DebianSet.Read(_folder.Path).VersionOf(file.Split('_')[0]));
    }

    [Fact]
    public async Task A_folder_is_filled_once_however_many_ask_for_it()
    {
        var filled = 0;

        var folders = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => CachedFolder.GetAsync(
            _folder.Path,
            "thing",
            async (folder, token) =>
            {
                Interlocked.Increment(ref filled);
                await Task.Delay(50, token);
                await File.WriteAllTextAsync(Path.Combine(folder, "file"), "done", token);
            },
            TestContext.Current.CancellationToken))));

        Assert.Equal(1, filled);
        Assert.Equal("done", await File.ReadAllTextAsync(Path.Combine(folders[0], "file"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_filling_that_failed_is_begun_anew()
    {
        Task<string> Fill(bool fails) => CachedFolder.GetAsync(
            _folder.Path,
            "thing",
            async (folder, token) =>
            {
                await File.WriteAllTextAsync(Path.Combine(folder, fails ? "half" : "whole"), string.Empty, token);
                if (fails)
                {
                    throw new InvalidOperationException();
                }
            },
            TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Fill(fails: true));

        var folder = await Fill(fails: false);

        Assert.Equal(["whole"], Directory.GetFiles(folder).Select(Path.GetFileName));
    }

    private void Write(string name, string text)
    {
        var path = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
