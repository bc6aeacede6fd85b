using System.Security.Cryptography;
using System.Text;
using Metaflow.Core.Tests.Storage;
using Metaflow.Errors;
using Metaflow.Python.PyPI.Tags;
using Metaflow.Python.PyPI.Versions;
using Metaflow.Python.PyPI.Wheels;

namespace Metaflow.Python.Tests.PyPI.Wheels;

public sealed class WheelInstallerTests : IDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly WheelInstallOptions Plain = new();

    private readonly TemporaryFolder _folder = new();
    private readonly PrefixLayout _layout;
    private readonly WheelInstaller _installer;

    public WheelInstallerTests()
    {
        _layout = PrefixLayout.Of(Path.Combine(_folder.Path, "env"), PythonVersion.Parse("3.11"), PythonSystem.Linux);
        _installer = new WheelInstaller(_layout);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_kind_of_file_gets_its_place()
    {
        var wheel = Rich().Write(_folder.Path);
        var installed = await _installer.InstallAsync(wheel, Plain with { IsRequested = true, DirectUrl = new DirectUrl("file:///w") },
            Token);

        Assert.Equal(
            [
                "bin/run-me", "bin/tool", "bin/window", "include/python3.11/my-pkg/my.h", "lib/python3.11/site-packages/extra.py",
                "lib/python3.11/site-packages/my_pkg-1.0.dist-info/INSTALLER", "lib/python3.11/site-packages/my_pkg-1.0.dist-info/METADATA",
                "lib/python3.11/site-packages/my_pkg-1.0.dist-info/RECORD", "lib/python3.11/site-packages/my_pkg-1.0.dist-info/REQUESTED",
                "lib/python3.11/site-packages/my_pkg-1.0.dist-info/WHEEL",
                "lib/python3.11/site-packages/my_pkg-1.0.dist-info/direct_url.json",
                "lib/python3.11/site-packages/my_pkg-1.0.dist-info/entry_points.txt", "lib/python3.11/site-packages/my_pkg/__init__.py",
                "lib/python3.11/site-packages/my_pkg/big.bin", "lib/python3.11/site-packages/native.so", "share/my/data.txt",
            ],
            Files());
        Assert.Equal("metaflow\n", Text("lib/python3.11/site-packages/my_pkg-1.0.dist-info/INSTALLER"));
        Assert.StartsWith($"#!{_layout.Prefix}/bin/python3.11\nprint", Text("bin/run-me"), StringComparison.Ordinal);
        Assert.Contains("from my_pkg.cli import App\n", Text("bin/tool"), StringComparison.Ordinal);
        Assert.Contains("sys.exit(App.main())", Text("bin/tool"), StringComparison.Ordinal);
        Assert.Equal(("my_pkg", "1.0", true), (installed.Metadata.Name, installed.Metadata.Version, installed.IsRequested));
        if (!OperatingSystem.IsWindows())
        {
            Assert.All(
                (string[])["bin/run-me", "bin/tool", "bin/window", "lib/python3.11/site-packages/native.so"],
                path => Assert.True(CanRun(path)));
            Assert.False(CanRun("share/my/data.txt"));
        }
    }

    [Fact]
    public async Task The_list_of_files_has_the_hash_and_the_size_of_every_file()
    {
        await _installer.InstallAsync(Rich().Write(_folder.Path), Plain, Token);
        var lines = RecordFile.Read(Path.Combine(_layout.SitePackagesPath, "my_pkg-1.0.dist-info", "RECORD"));

        Assert.Equal(Files().Order(StringComparer.Ordinal),
            lines.Select(line => _layout.FromRecordPath(line.Path)!).Order(StringComparer.Ordinal));
        Assert.Contains(lines, static line => line.Path == "../../../bin/tool");
        Assert.All(lines.Where(static line => !line.Path.EndsWith("/RECORD", StringComparison.Ordinal)), line =>
        {
            var bytes = File.ReadAllBytes(_layout.PathOf(_layout.FromRecordPath(line.Path)!));
            Assert.Equal(bytes.Length, line.Size);
            Assert.True(line.HasHash(SHA256.HashData(bytes)));
        });
    }

    [Fact]
    public async Task Two_installations_are_equal_to_the_byte()
    {
        var wheel = Rich().Write(_folder.Path);
        await _installer.InstallAsync(wheel, Plain with { Writers = 1 }, Token);
        var first = Files().ToDictionary(static path => path, Text);
        Directory.Delete(_layout.Prefix, recursive: true);
        await _installer.InstallAsync(wheel, Plain with { Writers = 7 }, Token);
        Assert.Equal(first, Files().ToDictionary(static path => path, Text));
    }

    [Theory]
    [InlineData("../evil.py")]
    [InlineData("a/../../evil.py")]
    [InlineData("/tmp/evil.py")]
    [InlineData("C:/evil.py")]
    [InlineData("a\\..\\evil.py")]
    [InlineData("a//evil.py")]
    [InlineData("./evil.py")]
    [InlineData("evil\n.py")]
    [InlineData("demo-1.0.data/data/../../../evil")]
    [InlineData("demo-1.0.data/scripts/../evil")]
    [InlineData("demo-1.0.data/other/evil")]
    [InlineData("demo-1.0.data/evil")]
    [InlineData("demo-1.0.dist-info/METADATA/evil")]
    [InlineData("other-2.0.dist-info/METADATA")]
    public async Task A_path_that_leads_elsewhere_is_refused(string path)
        => await AssertRefused(new TestWheel("demo", "1.0").Add("demo.py", "x").Add(path, "evil"));

    [Theory]
    [InlineData("demo.py,sha256=", "demo.py,sha256=A")]
    [InlineData(",1\n", ",2\n")]
    [InlineData("demo.py,sha256=", "demo.py,md5=")]
    [InlineData("demo.py,sha256=", "other.py,sha256=")]
    [InlineData("demo.py,", "demo.py,,\ndemo.py,")]
    [InlineData("\ndemo-1.0.dist-info/RECORD", "\nmissing.py,,\ndemo-1.0.dist-info/RECORD")]
    [InlineData("demo-1.0.dist-info/RECORD,,", "\"demo")]
    [InlineData("demo.py,sha256=", "demo.py\nsha256=")]
    public async Task A_wheel_whose_list_of_files_disagrees_is_refused(string from, string to)
        => await AssertRefused(new TestWheel("demo",
            "1.0")
        { Record = text => text.Replace(from, to, StringComparison.Ordinal) }.Add("demo.py", "x"));

    [Fact]
    public async Task Other_faults_of_a_wheel_are_refused()
    {
        await AssertRefused(new TestWheel("demo", "1.0").Add("demo.py", "x").Add("unlisted.py", [1], isListed: false));
        await AssertRefused(new TestWheel("demo", "1.0").Add("demo.py", "x").Add("demo.py", "x"));
        await AssertRefused(new TestWheel("demo", "1.0").Add("a", "x").Add("a/b", "y"));
        await AssertRefused(new TestWheel("demo", "1.0").Add("x.py", "x").Add("demo-1.0.data/purelib/x.py", "x"));
        await AssertRefused(EntryPoints("bad = nothing"));
        await AssertRefused(EntryPoints("../bad = a:b"));
        await AssertRefused(EntryPoints("bad = a:b;import os"));
        await AssertRefused(new TestWheel("demo", "1.0").Add("demo-1.0.dist-info/METADATA", "Name: other\nVersion: 1.0\n"));
        var text = Path.Combine(_folder.Path, "text-1.0-py3-none-any.whl");
        await File.WriteAllTextAsync(text, "no archive", Token);
        Assert.Equal("MF7071", (await Assert.ThrowsAsync<EnvironmentException>(() => _installer.InstallAsync(text, Plain, Token))).Code);
        Assert.Equal("MF7071", (await Assert.ThrowsAsync<EnvironmentException>(
            () => _installer.InstallAsync(Path.Combine(_folder.Path, "none-1.0-py3-none-any.whl"), Plain, Token))).Code);
    }

    [Fact]
    public async Task A_flipped_byte_is_noticed()
    {
        var path = new TestWheel("demo", "1.0").Add("demo.py", new string('x', 100)).Write(_folder.Path);
        var bytes = await File.ReadAllBytesAsync(path, Token);
        var options = Plain with { Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)) };
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            await File.WriteAllBytesAsync(path, bytes, Token);
            Assert.Equal("MF7023", (await Assert.ThrowsAsync<EnvironmentException>(() => _installer.InstallAsync(path, options, Token)))
                .Code);
            bytes[i] ^= 1;
        }

        await File.WriteAllBytesAsync(path, bytes, Token);
        await _installer.InstallAsync(path, options, Token);
    }

    [Fact]
    public async Task A_flipped_byte_of_an_unlocked_wheel_is_noticed_or_changes_no_file()
    {
        var path = new TestWheel("demo", "1.0").Add("demo.py", new string('x', 100)).Write(_folder.Path);
        var bytes = await File.ReadAllBytesAsync(path, Token);
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= (byte)(1 + (i % 255));
            await File.WriteAllBytesAsync(path, bytes, Token);
            bytes[i] ^= (byte)(1 + (i % 255));
            try
            {
                await _installer.InstallAsync(path, Plain, Token);
            }
            catch (EnvironmentException error) when (error.Code == "MF7071")
            {
                Assert.Empty(Files());
                continue;
            }

            Assert.Equal(new string('x', 100), Text("lib/python3.11/site-packages/demo.py"));
            Directory.Delete(_layout.Prefix, recursive: true);
        }
    }

    [Fact]
    public async Task Names_that_differ_in_case_alone_are_two_files_only_where_the_disk_keeps_them_apart()
    {
        var wheel = new TestWheel("demo", "1.0").Add("Demo.py", "a").Add("demo.py", "b").Write(_folder.Path);
        using var archive = await WheelArchive.OpenAsync(wheel, null, Token);
        Assert.Throws<InvalidDataException>(() => InstallPlan.Make(archive, _layout, Plain, isCaseSensitive: false));
        Assert.Equal(2, InstallPlan.Make(archive, _layout, Plain, isCaseSensitive: true)
            .Count(static file => file.Target.EndsWith("emo.py", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_wheel_for_another_machine_is_refused()
    {
        var wheel = new TestWheel("demo", "1.0") { Tag = "cp312-cp312-win_amd64" }.Write(_folder.Path);
        var tags = SupportedTags.Of(PythonVersion.Parse("3.11"), new PythonPlatform(PythonSystem.Linux, "x86_64"));
        var error = await Assert.ThrowsAsync<EnvironmentException>(() => _installer.InstallAsync(wheel, Plain with { Tags = tags }, Token));
        Assert.Equal("MF7072", error.Code);
    }

    [Fact]
    public async Task A_file_of_another_package_is_an_error_that_names_both_unless_it_is_the_same()
    {
        await _installer.InstallAsync(new TestWheel("one", "1.0").Add("tests/__init__.py", "").Add("tests/a.py", "1").Write(_folder.Path),
            Plain, Token);
        await _installer.InstallAsync(new TestWheel("same", "1.0").Add("tests/__init__.py", "").Write(_folder.Path), Plain, Token);
        var other = new TestWheel("two", "2.0").Add("tests/a.py", "2").Add("tests/b.py", "2").Write(_folder.Path);
        var error = await Assert.ThrowsAsync<EnvironmentException>(() => _installer.InstallAsync(other, Plain, Token));
        Assert.Equal("MF7073", error.Code);
        Assert.Contains("'two 2.0'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'one 1.0'", error.Message, StringComparison.Ordinal);
        Assert.Equal("1", Text("lib/python3.11/site-packages/tests/a.py"));
        Assert.DoesNotContain("lib/python3.11/site-packages/tests/b.py", Files());

        await _installer.InstallAsync(other, Plain with { ReplacesFilesOfOthers = true }, Token);
        Assert.Equal("2", Text("lib/python3.11/site-packages/tests/a.py"));

        // What two have is removed with the second of them.
        Remove("same");
        Assert.Contains("lib/python3.11/site-packages/tests/__init__.py", Files());
        Remove("one");
        Assert.DoesNotContain("lib/python3.11/site-packages/tests/__init__.py", Files());
    }

    [Fact]
    public async Task A_file_that_something_else_owns_is_an_error()
    {
        Directory.CreateDirectory(_layout.PathOf("bin"));
        await File.WriteAllTextAsync(_layout.PathOf("bin/tool"), "of conda", Token);
        var error = await Assert.ThrowsAsync<EnvironmentException>(() => _installer.InstallAsync(
            Rich().Write(_folder.Path), Plain with { OwnerOf = static path => path == "bin/tool" ? "tool-1.0-0" : null }, Token));
        Assert.Contains("'bin/tool' of 'tool-1.0-0'", error.Message, StringComparison.Ordinal);
        Assert.Equal(["bin/tool"], Files());
    }

    [Fact]
    public async Task A_file_of_nobody_is_replaced_and_not_written_into()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The test makes links.");
        var kept = Path.Combine(_folder.Path, "kept");
        await File.WriteAllTextAsync(kept, "kept", Token);
        Directory.CreateDirectory(_layout.PathOf("bin"));
        File.CreateSymbolicLink(_layout.PathOf("bin/tool"), kept);
        await _installer.InstallAsync(Rich().Write(_folder.Path), Plain, Token);
        Assert.Equal("kept", await File.ReadAllTextAsync(kept, Token));
        Assert.Null(new FileInfo(_layout.PathOf("bin/tool")).LinkTarget);
        Assert.DoesNotContain(Files(), static path => path.EndsWith(".metaflow-new", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_link_that_leads_out_of_the_folder_is_not_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The test makes links.");
        var outside = Directory.CreateDirectory(Path.Combine(_folder.Path, "outside")).FullName;
        Directory.CreateDirectory(_layout.Prefix);
        Directory.CreateSymbolicLink(_layout.PathOf("share"), outside);
        var error = await Assert.ThrowsAsync<EnvironmentException>(() => _installer.InstallAsync(Rich().Write(_folder.Path), Plain, Token));
        Assert.Equal("MF7045", error.Code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
    }

    [Fact]
    public async Task An_interrupted_installation_leaves_nothing()
    {
        var wheel = Many(500).Write(_folder.Path);
        using var cancellation = new CancellationTokenSource();
        var installation = _installer.InstallAsync(wheel, Plain, cancellation.Token);
        while (!installation.IsCompleted && !Directory.Exists(Path.Combine(_layout.SitePackagesPath, "many")))
        {
            await Task.Yield();
        }

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => installation);
        Assert.Empty(Files());
        Assert.Empty(InstalledDistributions.List(_layout));
    }

    [Fact]
    public async Task What_a_killed_installation_left_is_installed_over()
    {
        var wheel = Rich().Write(_folder.Path);
        await _installer.InstallAsync(wheel, Plain, Token);
        File.Delete(Path.Combine(_layout.SitePackagesPath, "my_pkg-1.0.dist-info", "RECORD"));
        await File.WriteAllTextAsync(Path.Combine(_layout.SitePackagesPath, "extra.py"), "half", Token);
        await _installer.InstallAsync(wheel, Plain, Token);
        Assert.Equal("extra = 1\n", Text("lib/python3.11/site-packages/extra.py"));
        Assert.True(Assert.Single(InstalledDistributions.List(_layout)).HasRecord);
    }

    [Fact]
    public async Task Another_version_must_be_removed_first_or_is_replaced()
    {
        await _installer.InstallAsync(new TestWheel("demo", "1.0").Add("demo.py", "1").Add("old.py", "1").Write(_folder.Path), Plain,
            Token);
        var newer = new TestWheel("Demo", "2.0").Add("demo.py", "2").Write(_folder.Path);
        Assert.Equal("MF7073", (await Assert.ThrowsAsync<EnvironmentException>(() => _installer.InstallAsync(newer, Plain, Token))).Code);

        await _installer.ReplaceAsync(newer, Plain, Token);
        Assert.Equal("2.0", Assert.Single(InstalledDistributions.List(_layout)).Metadata.Version);
        Assert.DoesNotContain("lib/python3.11/site-packages/old.py", Files());

        var damaged = new TestWheel("demo", "3.0")
        {
            Record = static text
            => text.Replace("demo.py,sha256=", "demo.py,sha256=A", StringComparison.Ordinal)
        };
        await Assert.ThrowsAsync<EnvironmentException>(
            () => _installer.ReplaceAsync(damaged.Add("demo.py", "3").Write(_folder.Path), Plain, Token));
        Assert.Equal("2", Text("lib/python3.11/site-packages/demo.py"));
    }

    [Fact]
    public async Task A_removal_takes_all_files_and_what_Python_compiled_and_nothing_else()
    {
        await _installer.InstallAsync(Rich().Write(_folder.Path), Plain, Token);
        var cache = Directory.CreateDirectory(Path.Combine(_layout.SitePackagesPath, "my_pkg", "__pycache__")).FullName;
        await File.WriteAllTextAsync(Path.Combine(cache, "__init__.cpython-311.opt-1.pyc"), "", Token);
        var module = Directory.CreateDirectory(Path.Combine(_layout.SitePackagesPath, "__pycache__")).FullName;
        await File.WriteAllTextAsync(Path.Combine(module, "extra.cpython-311.pyc"), "", Token);
        await File.WriteAllTextAsync(Path.Combine(module, "other.cpython-311.pyc"), "", Token);
        await File.WriteAllTextAsync(_layout.PathOf("share/mine"), "", Token);
        Remove("My.Pkg");
        Assert.Equal(["lib/python3.11/site-packages/__pycache__/other.cpython-311.pyc", "share/mine"], Files());
        Assert.True(Directory.Exists(_layout.SitePackagesPath));
        Assert.False(Directory.Exists(_layout.PathOf("share/my")));
    }

    [Fact]
    public async Task A_list_of_files_that_leads_out_of_the_folder_removes_nothing()
    {
        await _installer.InstallAsync(Rich().Write(_folder.Path), Plain, Token);
        var victim = Path.Combine(_folder.Path, "victim");
        await File.WriteAllTextAsync(victim, "", Token);
        await File.AppendAllTextAsync(
            Path.Combine(_layout.SitePackagesPath, "my_pkg-1.0.dist-info", "RECORD"), "../../../../victim,,\n", Token);
        var before = Files();
        Assert.Equal("MF7079", Assert.Throws<EnvironmentException>(() => Remove("my-pkg")).Code);
        Assert.True(File.Exists(victim));
        Assert.Equal(before, Files());
    }

    [Theory]
    [InlineData("#!python\nx", "#!{0}/bin/python3.11\nx")]
    [InlineData("#!pythonw -E\r\nx", "#!{0}/bin/python3.11\nx")]
    [InlineData("#!/bin/sh\nx", "#!/bin/sh\nx")]
    [InlineData("#!python", "#!{0}/bin/python3.11\n")]
    public void The_first_line_of_a_program_names_the_Python_of_the_folder(string before, string after)
    {
        var script = new ScriptText(_layout with { FinalPrefix = "/opt/env" });
        Assert.Equal(after.Replace("{0}", "/opt/env", StringComparison.Ordinal),
            Encoding.UTF8.GetString(script.Localize(Encoding.UTF8.GetBytes(before))));
    }

    [Fact]
    public void A_shell_starts_a_Python_whose_path_a_first_line_cannot_hold()
    {
        var longest = "/" + new string('d', 127 - 3 - "/bin/python3.11".Length - 1);
        string First(string prefix) => Encoding.UTF8.GetString(new ScriptText(_layout with { FinalPrefix = prefix })
            .Localize("#!python\n"u8.ToArray()));
        Assert.Equal($"#!{longest}/bin/python3.11\n", First(longest));
        Assert.Equal($"#!/bin/sh\n'''exec' \"{longest}d/bin/python3.11\" \"$0\" \"$@\"\n' '''\n", First(longest + "d"));
        Assert.StartsWith("#!/bin/sh\n'''exec' \"/a b/\\$c/bin/python3.11\"", First("/a b/$c"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Windows_gets_a_script_and_a_starter()
    {
        var layout = PrefixLayout.Of(Path.Combine(_folder.Path, "win"), PythonVersion.Parse("3.11"), PythonSystem.Windows);
        await new WheelInstaller(layout).InstallAsync(Rich().Write(_folder.Path), Plain, Token);
        Assert.True(File.Exists(layout.PathOf("Lib/site-packages/my_pkg/__init__.py")));
        Assert.True(File.Exists(layout.PathOf("Scripts/tool-script.py")));
        Assert.Contains("..\\python.exe\" \"%~dp0tool-script.py\" %*",
            await File.ReadAllTextAsync(layout.PathOf("Scripts/tool.bat"), Token), StringComparison.Ordinal);
    }

    internal static TestWheel Rich() => new TestWheel("my_pkg", "1.0") { IsPure = false }
        .Add("my_pkg/__init__.py", "print('hello')\n")
        .Add("my_pkg/big.bin", [.. Enumerable.Range(0, 400_000).Select(static i => (byte)(i * i >> 3))])
        .Add("native.so", "binary", 0b111_101_101)
        .Add("my_pkg-1.0.data/purelib/extra.py", "extra = 1\n")
        .Add("my_pkg-1.0.data/scripts/run-me", "#!python\nprint('run')\n", 0b111_101_101)
        .Add("my_pkg-1.0.data/headers/my.h", "#define MY\n")
        .Add("my_pkg-1.0.data/data/share/my/data.txt", "data")
        .Add("my_pkg-1.0.dist-info/entry_points.txt", """
            # programs
            [console_scripts]
            tool = my_pkg.cli:App.main [extra]

            [gui_scripts]
            window=my_pkg:window
            [other]
            x = y
            """);

    internal static TestWheel Many(int count)
    {
        var wheel = new TestWheel("many", "1.0");
        for (var i = 0; i < count; i++)
        {
            wheel.Add($"many/p{i % 60}/m{i}.py", $"# {i}\n" + string.Concat(Enumerable.Repeat($"value_{i} = {i}\n", 20 + (i % 200))));
        }

        return wheel;
    }

    private static TestWheel EntryPoints(string line)
        => new TestWheel("demo", "1.0").Add("demo-1.0.dist-info/entry_points.txt", $"[console_scripts]\n{line}\n");

    private async Task AssertRefused(TestWheel wheel)
    {
        var folder = Directory.CreateTempSubdirectory("wheel-").FullName;
        try
        {
            var path = wheel.Write(folder);
            var error = await Assert.ThrowsAsync<EnvironmentException>(() => _installer.InstallAsync(path, Plain, Token));
            Assert.Equal("MF7071", error.Code);
            Assert.Empty(Files());
            Assert.Equal("MF7071", (await Assert.ThrowsAsync<EnvironmentException>(() => _installer.VerifyAsync(path, Plain, Token))).Code);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void Remove(string name)
        => Assert.NotEmpty(new DistributionRemoval(_layout).Remove(InstalledDistributions.Find(_layout, name)[0], Token));

    private List<string> Files() => !Directory.Exists(_layout.Prefix) ? [] :
    [
        .. Directory.EnumerateFiles(_layout.Prefix, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(_layout.Prefix, path).Replace('\\', '/')).Order(StringComparer.Ordinal),
    ];

    private bool CanRun(string path)
        => OperatingSystem.IsWindows() || File.GetUnixFileMode(_layout.PathOf(path)).HasFlag(UnixFileMode.UserExecute);

    private string Text(string path) => File.ReadAllText(_layout.PathOf(path));
}
