using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Metaflow.Core.Tests.Storage;
using Metaflow.Python.PyPI.Tags;
using Metaflow.Python.PyPI.Versions;
using Metaflow.Python.PyPI.Wheels;

namespace Metaflow.Python.Tests.PyPI.Wheels;

/// <summary>Installs wheels beside pip itself, and compares every file.</summary>
public sealed class PipInstallComparisonTests(ITestOutputHelper output) : IDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("short")]
    [InlineData("with a blank")]
    [InlineData("long")]
    public async Task Every_file_is_as_pip_writes_it(string kind)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There pip writes programs that this machine cannot read.");
        var oracle = PythonOracle.Require();
        var wheel = WheelInstallerTests.Rich().Add("quoted, \"name\".txt", "x").Write(_folder.Path);
        var root = Path.Combine(_folder.Path, kind == "long" ? new string('l', 130) : kind);

        // The first lines name the Python that runs pip: a copy of its program's name in a folder with the same path for both.
        var ours = Path.Combine(root, "ours");
        var layout = PrefixLayout.Of(ours, PythonVersion.Parse(oracle.Version), PythonSystem.Linux);
        var url = new DirectUrl(new Uri(wheel).AbsoluteUri)
        {
            Sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(wheel, Token))),
        };
        await new WheelInstaller(layout).InstallAsync(
            wheel, new WheelInstallOptions { Installer = "pip", IsRequested = true, DirectUrl = url }, Token);
        var theirs = Path.Combine(root, "theirs");
        Pip(oracle, wheel, theirs);

        var expected = Files(theirs);
        Assert.Equal(expected, Files(ours));
        foreach (var path in expected)
        {
            Assert.True(IsSame(path, Path.Combine(ours, path), Path.Combine(theirs, path), layout, oracle), path);
            Assert.Equal(Mode(Path.Combine(theirs, path)), Mode(Path.Combine(ours, path)));
        }
    }

    [Fact]
    public async Task Programs_run()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The test makes links.");
        var oracle = PythonOracle.Require();
        foreach (var name in (string[])["short", "with a blank", new string('l', 130)])
        {
            // A virtual environment is a prefix with a Python of its own.
            var prefix = Path.Combine(_folder.Path, name);
            Assert.Equal(0, PythonOracle.Run(oracle.Path, "", "-m", "venv", "--without-pip", prefix).ExitCode);
            var layout = PrefixLayout.Of(prefix, PythonVersion.Parse(oracle.Version), PythonSystem.Linux);
            var python = layout.PathOf(layout.Interpreter);
            if (!File.Exists(python))
            {
                File.CreateSymbolicLink(python, "python3");
            }

            var wheel = new TestWheel("prog", "1.0").Add("prog.py",
                "import sys\nclass A:\n    @staticmethod\n    def main():\n        print('a', *sys.argv[1:])\n        return 3\n")
                .Add("prog-1.0.dist-info/entry_points.txt", "[console_scripts]\nprog-a = prog:A.main\n")
                .Add("prog-1.0.data/scripts/prog-b", "#!python\nimport prog, sys\nprint('b', *sys.argv[1:])\n");
            await new WheelInstaller(layout).InstallAsync(wheel.Write(Path.Combine(_folder.Path, "w" + name.Length)),
                new WheelInstallOptions(), Token);
            var first = PythonOracle.Run(layout.PathOf("bin/prog-a"), "", "x y", "$z");
            Assert.Equal((3, "a x y $z\n"), (first.ExitCode, first.Output));
            Assert.Equal((0, "b 1\n"), PythonOracle.Run(layout.PathOf("bin/prog-b"), "", "1"));
        }
    }

    [Fact]
    public async Task Archives_with_long_fields_are_read()
    {
        var oracle = PythonOracle.Require();
        var path = new TestWheel("demo", "1.0").Add("demo.py", "x = 1\n").Write(_folder.Path);
        var target = Path.Combine(_folder.Path, "z64");
        Directory.CreateDirectory(target);
        const string Code = """
            import sys, zipfile
            with zipfile.ZipFile(sys.argv[1]) as source, zipfile.ZipFile(sys.argv[2], "w", zipfile.ZIP_DEFLATED) as target:
                for item in source.infolist():
                    with target.open(item.filename, "w", force_zip64=True) as stream:
                        stream.write(source.read(item))
            """;
        var copy = Path.Combine(target, Path.GetFileName(path));
        Assert.Equal((0, ""), PythonOracle.Run(oracle.Path, "", "-c", Code, path, copy));
        var layout = PrefixLayout.Of(Path.Combine(_folder.Path, "env"), PythonVersion.Parse("3.11"), PythonSystem.Linux);
        await new WheelInstaller(layout).InstallAsync(copy, new WheelInstallOptions(), Token);
        Assert.Equal("x = 1\n", await File.ReadAllTextAsync(Path.Combine(layout.SitePackagesPath, "demo.py"), Token));
    }

    [Fact]
    public async Task The_time_for_many_files_is_measured_beside_pip()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("METAFLOW_LONG_TESTS") == "1", "It is one of the long tests.");
        var oracle = PythonOracle.Require();
        var wheel = WheelInstallerTests.Many(3_000).Write(_folder.Path);
        for (var i = 0; i < 3; i++)
        {
            var layout = PrefixLayout.Of(Path.Combine(_folder.Path, $"ours{i}"), PythonVersion.Parse(oracle.Version), PythonSystem.Linux);
            var start = Stopwatch.GetTimestamp();
            await new WheelInstaller(layout).InstallAsync(wheel, new WheelInstallOptions(), Token);
            var ours = Stopwatch.GetElapsedTime(start);
            start = Stopwatch.GetTimestamp();
            Pip(oracle, wheel, Path.Combine(_folder.Path, $"theirs{i}"));
            var theirs = Stopwatch.GetElapsedTime(start);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"ours {ours.TotalMilliseconds:0} ms, pip {theirs.TotalMilliseconds:0} ms"));
            Assert.True(ours < theirs);
        }
    }

    private static void Pip(PythonOracle oracle, string wheel, string prefix)
    {
        var (exitCode, text) = PythonOracle.Run(
            oracle.Path, "", "-I", "-m", "pip", "install", "--isolated", "--no-deps", "--no-compile", "--no-index",
            "--no-warn-script-location", "--ignore-installed", "--disable-pip-version-check",
            "--root-user-action=ignore", "--prefix", prefix, wheel);
        Assert.True(exitCode == 0, text);
    }

    private static bool IsSame(string path, string ours, string theirs, PrefixLayout layout, PythonOracle oracle)
    {
        var (own, other) = (File.ReadAllBytes(ours), File.ReadAllBytes(theirs));
        if (path.EndsWith("/RECORD", StringComparison.Ordinal))
        {
            // The programs differ in their first lines, and with them what the list says of them.
            HashSet<string> Lines(string file) =>
            [
                .. RecordFile.Read(file).Select(static line => line.Path.StartsWith("../", StringComparison.Ordinal)
                    || line.Path.EndsWith("direct_url.json", StringComparison.Ordinal) ? line.Path : line.ToString()),
            ];
            return Lines(ours).SetEquals(Lines(theirs));
        }

        if (path.EndsWith("direct_url.json", StringComparison.Ordinal))
        {
            using var one = JsonDocument.Parse(own);
            using var two = JsonDocument.Parse(other);
            return DirectUrl.Read(one.RootElement) == DirectUrl.Read(two.RootElement);
        }

        if (path == "bin/run-me")
        {
            return File.ReadAllText(ours)[^13..] == File.ReadAllText(theirs)[^13..]
                && File.ReadAllText(theirs).Contains(oracle.Path, StringComparison.Ordinal)
                && File.ReadAllText(ours).Contains(layout.Interpreter, StringComparison.Ordinal);
        }

        // What calls a function has another text with the same two parts.
        return path.StartsWith("bin/", StringComparison.Ordinal)
            ? File.ReadAllLines(theirs).Where(static line => line.Contains("from ", StringComparison.Ordinal)
                || line.Contains("sys.exit", StringComparison.Ordinal))
                .SequenceEqual(File.ReadAllLines(ours).Where(static line => line.Contains("from ", StringComparison.Ordinal)
                    || line.Contains("sys.exit", StringComparison.Ordinal)))
            : own.AsSpan().SequenceEqual(other);
    }

    private static UnixFileMode Mode(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);

    private static List<string> Files(string root) =>
    [
        .. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(root, path))
            .Order(StringComparer.Ordinal),
    ];
}
