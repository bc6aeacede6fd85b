using System.Text.Json.Nodes;
using Metaflow.Core.Tests.Storage;

namespace Metaflow.Python.Tests.Channels;

/// <summary>The real channel and index work by themselves, linked by hand.</summary>
public sealed class RealChannelTests(PythonWorld world) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(12, true, "3.11.", "1.24.", "1.5.3", "libc.so.6 libm.so.6 ld-linux-x86-64.so.2")]
    [InlineData(12, false, "3.11.", "1.24.", "1.5.3", "libc.so.6 libm.so.6 ld-linux-x86-64.so.2")]
    [InlineData(13, true, "3.13.", "2.2.", "2.2.3", "")]
    public async Task Python_numpy_and_pandas_run_with_nothing_of_the_machine_but_its_C_library(
        int suite,
        bool newest,
        string python,
        string numpy,
        string pandas,
        string allowed)
    {
        var real = await world.RequireAsync();
        var environment = new HandLinkedEnvironment(real.CondaFolder, _folder.Path);
        environment.Link(suite, newest, "pandas", "greeting");

        var output = await environment.RunAsync(
            """
            import bz2, ctypes, curses, dbm.ndbm, json, lzma, readline, sqlite3, ssl, sys, sysconfig, uuid, zlib, zoneinfo
            import numpy, pandas, greeting, dateutil.tz, pytz
            frame = pandas.DataFrame({"a": [1, 2, 3], "b": [2.0, 4.0, 6.5]}).groupby("a").sum()
            assert frame["b"].sum() == 12.5 and abs(numpy.linalg.solve(numpy.array([[2.0]]), numpy.array([4.0]))[0] - 2) < 1e-12
            assert str(pandas.Timestamp("2024-07-01", tz="Europe/Berlin")).endswith("+02:00")
            assert zoneinfo.TZPATH[0].startswith(sys.prefix), zoneinfo.TZPATH
            assert sqlite3.connect(":memory:").execute("select 1 + 1").fetchone() == (2,)
            print(sys.prefix, sysconfig.get_path("purelib"), sysconfig.get_config_var("prefix"), sep="\n")
            print(sys.version.split()[0], numpy.__version__, pandas.__version__, sep="\n")
            print([path for path in sys.path if path and not path.startswith(sys.prefix)])
            maps = {line.split()[-1] for line in open("/proc/self/maps") if ".so" in line}
            print(*sorted(path for path in maps if not path.startswith(sys.prefix + "/")))
            """);

        var lines = output.Split('\n');
        Assert.Equal([_folder.Path, $"{_folder.Path}/lib/python{python.TrimEnd('.')}/site-packages", _folder.Path], lines[..3]);
        Assert.StartsWith(python, lines[3], StringComparison.Ordinal);
        Assert.StartsWith(numpy, lines[4], StringComparison.Ordinal);
        Assert.Equal(pandas, lines[5]);
        Assert.Equal("[]", lines[6]);
        Assert.All(
            lines[7].Split(' ', StringSplitOptions.RemoveEmptyEntries),
            library => Assert.Contains(Path.GetFileName(library), allowed.Split(' ')));
    }

    [Theory]
    [InlineData(12)]
    [InlineData(13)]
    public async Task Every_module_with_machine_code_finds_its_libraries(int suite)
    {
        var real = await world.RequireAsync();
        var environment = new HandLinkedEnvironment(real.CondaFolder, _folder.Path);
        environment.Link(suite, newest: true, "pandas");

        var output = await environment.RunAsync(
            """
            import ctypes, pathlib, sys, pandas
            count = 0
            for path in sorted(pathlib.Path(sys.prefix, "lib").rglob("*.so*")):
                if "glibc" not in path.parts and not path.is_symlink():
                    ctypes.CDLL(str(path), mode=1 if "libexpatw" in path.name else 2)
                    count += 1
            print(count)
            print(*sorted(l for l in {l.split()[-1] for l in open("/proc/self/maps") if ".so" in l} if not l.startswith(sys.prefix)))
            """);

        var lines = output.Split('\n');
        Assert.True(int.Parse(lines[0], System.Globalization.CultureInfo.InvariantCulture) > 120, output);
        string[] runtime =
            ["libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libresolv.so.2", "ld-linux-x86-64.so.2"];
        Assert.All(
            lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries),
            path => Assert.True(suite == 12 && runtime.Contains(Path.GetFileName(path)), path));
    }

    [Theory]
    [InlineData(12, false)]
    [InlineData(12, true)]
    [InlineData(13, true)]
    public async Task Pip_installs_wheels_and_builds_sources_from_the_index(int suite, bool newest)
    {
        var real = await world.RequireAsync();
        var environment = new HandLinkedEnvironment(real.CondaFolder, _folder.Path);
        environment.Link(suite, newest, "python", "pip");

        string[] pip = ["-m", "pip", "--disable-pip-version-check", "--no-cache-dir", "install", "-q", "-i", real.IndexUrl];
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["HOME"] = _folder.Path, ["PATH"] = "/usr/bin:/bin" };
        string[] wanted = ["cheese-shop[blue]", "from-source"];
        await Command.RunAsync(environment.Python, [.. pip, .. wanted], settings, TestContext.Current.CancellationToken);

        var greeting = await Command.RunAsync(
            Path.Combine(_folder.Path, "bin", "from-source"),
            [],
            settings,
            TestContext.Current.CancellationToken);
        Assert.Equal("from-source 0.1\n", greeting);
        var installed = await environment.RunAsync(
            "import importlib.metadata as m; print(*sorted(d.name + ' ' + d.version for d in m.distributions()), sep='\\n')");
        Assert.Contains("Cheese.Shop 2.0\n", installed, StringComparison.Ordinal);
        Assert.Contains(suite == 12 ? "milk 1.5\n" : "milk 2.0\n", installed, StringComparison.Ordinal);
        Assert.Contains("mold 0.3.0\n", installed, StringComparison.Ordinal);
        Assert.Equal(suite == 12, installed.Contains("summer 1.2.3\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_index_of_the_channel_tells_the_truth_about_every_file()
    {
        var real = await world.RequireAsync();
        var count = 0;
        foreach (var subdir in new[] { CondaPackage.Linux, CondaPackage.NoArchitecture })
        {
            var part = Path.Combine(real.CondaFolder, subdir);
            var plain = await File.ReadAllBytesAsync(Path.Combine(part, "repodata.json"), TestContext.Current.CancellationToken);
            var packed = await File.ReadAllBytesAsync(Path.Combine(part, "repodata.json.zst"), TestContext.Current.CancellationToken);
            using var decompressor = new ZstdSharp.Decompressor();
            Assert.Equal(plain, decompressor.Unwrap(packed).ToArray());
            foreach (var (file, record) in HandLinkedEnvironment.ReadRecords(part))
            {
                count++;
                Assert.Equal(new FileInfo(file).Length, (long)record["size"]!);
                Assert.Equal(Hashes.OfFile(file), (string)record["sha256"]!);
                Assert.Equal(Hashes.Md5OfFile(file), (string)record["md5"]!);
                var stem = Path.GetFileName(file).Split(".conda")[0].Split(".tar")[0];
                Assert.Equal($"{record["name"]}-{record["version"]}-{record["build"]}", stem);
            }
        }

        Assert.True(count > 50, $"There are {count} packages.");
    }

    [Fact]
    public async Task Files_of_a_package_are_what_its_list_says_and_keep_no_place_of_the_machine()
    {
        var real = await world.RequireAsync();
        var part = Path.Combine(real.CondaFolder, CondaPackage.Linux);
        var pythons = HandLinkedEnvironment.ReadRecords(part).Where(static package => (string)package.Record["name"]! is "python");
        foreach (var (file, record) in pythons)
        {
            var entries = HandLinkedEnvironment.ReadPackage(file);
            var paths = JsonNode.Parse(entries["info/paths.json"].Bytes)!["paths"]!.AsArray();
            Assert.Equal(entries.Count(static entry => !entry.Key.StartsWith("info/", StringComparison.Ordinal)), paths.Count);
            Assert.All(
                paths.Where(static path => (string)path!["path_type"]! == "hardlink"),
                path => Assert.Equal(Hashes.Of(entries[(string)path!["_path"]!].Bytes), (string)path["sha256"]!));
            var placed = paths.Where(static path => path!["file_mode"] is not null);
            var version = string.Join('.', ((string)record["version"]!).Split('.')[..2]);
            Assert.Equal(
                [
                    $"bin/pydoc{version} text", $"bin/python{version} binary",
                    $"lib/python{version}/_sysconfigdata__linux_x86_64-linux-gnu.py text",
                ],
                placed.Select(static path => $"{path!["_path"]} {path["file_mode"]}"));
        }
    }
}
