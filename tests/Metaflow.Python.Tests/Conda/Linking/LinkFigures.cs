using System.Diagnostics;
using System.Globalization;
using Metaflow.Python.Conda.Archives;
using Metaflow.Python.Conda.Linking;
using Metaflow.Python.Tests.Conda.Archives;

namespace Metaflow.Python.Tests.Conda.Linking;

/// <summary>Measures how long a package of 5,000 files and 20 MB takes, beside the tools of the system.</summary>
public sealed class LinkFigures(ITestOutputHelper output)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Unpacking_and_linking_5000_files_is_measured()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("METAFLOW_LONG_TESTS") == "1", "It is one of the long tests: 'eng/test.sh --all'.");
        using var made = new LinkerFixture();
        var builder = Package();
        var (package, path) = builder.Write(made.Folder.Channel);
        var tar = Path.Combine(made.Folder.Path, "plain.tar");
        File.WriteAllBytes(tar, builder.Tar(withInfo: true, withFiles: true));
        for (var round = 0; round < 4; round++)
        {
            var watch = Stopwatch.StartNew();
            var extracted = await made.Folder.ExtractAsync((package, path));
            var unpacked = watch.Elapsed;
            watch.Restart();
            var report = await made.Linker.LinkAsync([new PackageToLink(extracted)], made.Prefix, made.Options, Token);
            var linked = watch.Elapsed;
            watch.Restart();
            await made.Linker.LinkAsync([new PackageToLink(extracted)], made.Prefix, made.Options, Token);
            var again = watch.Elapsed;
            watch.Restart();
            Assert.Empty(await CondaPrefixCheck.FindAsync(made.Prefix, Token));
            var check = watch.Elapsed;

            var (plain, copy) = (Path.Combine(made.Folder.Path, "plain"), Path.Combine(made.Folder.Path, "copy"));
            Directory.CreateDirectory(plain);
            watch.Restart();
            await RunAsync("tar", "-xf", tar, "-C", plain);
            var byTar = watch.Elapsed;
            watch.Restart();
            await RunAsync("cp", "-al", plain, copy);
            var byCopy = watch.Elapsed;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"unpack {unpacked.TotalSeconds:0.00} link {linked.TotalSeconds:0.00} again {again.TotalSeconds:0.00} "
                    + $"check {check.TotalSeconds:0.00} | tar {byTar.TotalSeconds:0.00} cp -al {byCopy.TotalSeconds:0.00}"));
            Assert.Equal(250, report.Counts.Rewritten);
            foreach (var folder in new[] { made.Prefix, extracted.Place, plain, copy })
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static PackageBuilder Package()
    {
        var random = new Random(1);
        var builder = new PackageBuilder("figures");
        for (var i = 0; i < 5000; i++)
        {
            var content = new byte[4096];
            random.NextBytes(content.AsSpan(0, 1500));
            var path = $"lib/python3.11/site-packages/package{i % 200}/module{i}.py";
            _ = i % 20 == 0
                ? builder.Text(path, $"{LinkerFixture.Placeholder} {Convert.ToHexString(content)}", LinkerFixture.Placeholder)
                : builder.File(path, content);
        }

        return builder;
    }

    private static async Task RunAsync(string tool, params string[] arguments)
    {
        using var process = Process.Start(tool, arguments);
        await process.WaitForExitAsync(Token);
        Assert.Equal(0, process.ExitCode);
    }
}
