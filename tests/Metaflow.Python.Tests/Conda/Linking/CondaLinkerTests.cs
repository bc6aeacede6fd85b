using System.Runtime.Versioning;
using System.Text;
using System.Text.Json.Nodes;
using Metaflow.Errors;
using Metaflow.Python.Conda.Archives;
using Metaflow.Python.Conda.Linking;
using Metaflow.Python.Tests.Conda.Archives;

namespace Metaflow.Python.Tests.Conda.Linking;

/// <summary>Environments hold the files of their packages where these belong.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class CondaLinkerTests : IDisposable
{
    private readonly LinkerFixture _made = new();

    public void Dispose() => _made.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static PackageBuilder Tool => new PackageBuilder("tool", "2.0", "h0")
        .File("bin/tool", "#!/bin/sh\n", PackageBuilder.Executable)
        .Text("bin/script", $"#!{LinkerFixture.Placeholder}/bin/sh\ncd {LinkerFixture.Placeholder}\n", LinkerFixture.Placeholder,
            PackageBuilder.Executable)
        .Binary("lib/libtool.so.1", Encoding.UTF8.GetBytes($"\u007FELF\0{LinkerFixture.Placeholder}/lib\0end"), LinkerFixture.Placeholder)
        .Link("lib/libtool.so", "libtool.so.1").File("etc/own.conf", "x"u8.ToArray(), noLink: true).Folder("var/tool")
        .Text("share/no", "nothing to replace", LinkerFixture.Placeholder);

    [Fact]
    public async Task Files_links_and_folders_come_where_they_belong()
    {
        var report = await _made.LinkAsync(Tool);

        Assert.Equal(["tool-2.0-h0"], report.Packages);
        Assert.Equal(new LinkCounts(1, 0, 1, 3, 1, 0), report.Counts);
        Assert.Equal($"#!{_made.Prefix}/bin/sh\ncd {_made.Prefix}\n", File.ReadAllText(_made.At("bin/script")));
        Assert.Equal(PackageBuilder.Executable, File.GetUnixFileMode(_made.At("bin/script")));
        Assert.Equal(
            $"\u007FELF\0{_made.Prefix}/lib{new string('\0', LinkerFixture.Placeholder.Length - _made.Prefix.Length)}\0end",
            File.ReadAllText(_made.At("lib/libtool.so.1")));
        Assert.Equal("libtool.so.1", new FileInfo(_made.At("lib/libtool.so")).LinkTarget);
        Assert.True(Directory.Exists(_made.At("var/tool")));
        Assert.Equal(PackageBuilder.ModifiedAt.UtcDateTime, File.GetLastWriteTimeUtc(_made.At("etc/own.conf")));
        Assert.Equal(PackageBuilder.ModifiedAt.UtcDateTime, File.GetLastWriteTimeUtc(_made.At("share/no")));

        // A compiled form of it would be out of date.
        Assert.Equal(PackageBuilder.ModifiedAt.UtcDateTime.AddSeconds(1), File.GetLastWriteTimeUtc(_made.At("bin/script")));
        Assert.False(Directory.Exists(_made.At("info")));
        Assert.Equal("", await _made.DifferencesAsync());
    }

    [Fact]
    public async Task A_copy_shares_nothing_with_the_package()
    {
        var package = await _made.PackageAsync(Tool);
        await _made.Linker.LinkAsync([package], _made.Prefix, _made.Options, Token);

        File.AppendAllText(_made.At("etc/own.conf"), "more");
        Assert.Empty(package.Package.FindDifferences(Token));
        File.AppendAllText(_made.At("bin/tool"), "more");
        Assert.Equal(["bin/tool"], package.Package.FindDifferences(Token));
    }

    [Theory]
    [InlineData((int)LinkMethod.Copy)]
    [InlineData((int)LinkMethod.Clone)]
    [InlineData((int)LinkMethod.HardLink)]
    public async Task Every_way_gives_the_same_environment(int method)
    {
        _made.Options = _made.Options with { Method = (LinkMethod)method };
        var report = await _made.LinkAsync(Tool);
        var shown = LinkerFixture.Shown(_made.Prefix);
        Directory.Delete(_made.Prefix, recursive: true);
        _made.Options = _made.Options with { Method = LinkMethod.Automatic };
        await _made.LinkAsync(Tool);

        var again = LinkerFixture.Shown(_made.Prefix);
        Assert.Equal(
            shown.Where(static file => !file.Contains("conda-meta/", StringComparison.Ordinal)),
            again.Where(static file => !file.Contains("conda-meta/", StringComparison.Ordinal)));
        Assert.Equal(2, report.Counts.Copied + report.Counts.Cloned + report.Counts.HardLinked);
    }

    [Fact]
    public async Task What_conda_writes_is_written()
    {
        var package = await _made.PackageAsync(Tool);
        var record = new JsonObject { ["depends"] = new JsonArray("libz >=1.3"), ["license"] = "MIT" };
        package = package with { Record = record, RequestedSpecs = ["tool >=2"], ArchivePath = "/somewhere/tool.conda" };
        await _made.Linker.LinkAsync([package], _made.Prefix, _made.Options, Token);

        var found = _made.Record("tool-2.0-h0");
        string Text(string name) => found[name]!.GetValue<string>();
        var hashes = package.Package.ReadContents().Hashes;
        Assert.Equal(("tool", "2.0", "h0", 0), (Text("name"), Text("version"), Text("build"), found["build_number"]!.GetValue<int>()));
        Assert.Equal(("linux-64", "tool-2.0-h0.conda", "MIT"), (Text("subdir"), Text("fn"), Text("license")));
        Assert.Equal((hashes.Md5, hashes.Sha256, hashes.Length), (Text("md5"), Text("sha256"), found["size"]!.GetValue<long>()));
        Assert.Equal(("https://channel.invalid/main", package.Url), (Text("channel"), Text("url")));
        Assert.Equal((package.Package.Folder, "/somewhere/tool.conda"), (Text("extracted_package_dir"), Text("package_tarball_full_path")));
        Assert.Equal("tool >=2", Text("requested_spec"));
        Assert.Equal("libz >=1.3", found["depends"]![0]!.GetValue<string>());
        Assert.Equal(1600000000000, found["timestamp"]!.GetValue<long>());
        Assert.Equal((package.Package.Folder, 1), (found["link"]!["source"]!.GetValue<string>(), found["link"]!["type"]!.GetValue<int>()));
        Assert.Equal(
            ["bin/tool", "bin/script", "lib/libtool.so.1", "lib/libtool.so", "etc/own.conf", "share/no"],
            found["files"]!.AsArray().Select(static file => file!.GetValue<string>()));
        Assert.Equal(found.Select(static member => member.Key).Order(StringComparer.Ordinal), found.Select(static member => member.Key));
        var script = found["paths_data"]!["paths"]![1]!.AsObject();
        Assert.Equal(1, found["paths_data"]!["paths_version"]!.GetValue<int>());
        Assert.Equal(
            ["_path", "file_mode", "path_type", "prefix_placeholder", "sha256", "sha256_in_prefix", "size_in_bytes"],
            script.Select(static member => member.Key));
        Assert.NotEqual(script["sha256"]!.GetValue<string>(), script["sha256_in_prefix"]!.GetValue<string>());
        var history = File.ReadAllText(_made.At("conda-meta/history"));
        Assert.Matches(@"^==> \d{4}-\d\d-\d\d \d\d:\d\d:\d\d <==\n# cmd: metaflow environment create\n", history);
        Assert.EndsWith(
            "+https://channel.invalid/main/linux-64::tool-2.0-h0\n# update specs: ['tool >=2']\n", history, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Modules_for_any_Python_go_to_the_one_that_is_there()
    {
        var report = await _made.LinkAsync(
            LinkerFixture.Python,
            new PackageBuilder("any", "1", "py_0").NoArchPython("any = any.main:run")
                .File("site-packages/any/__init__.py", "").File("python-scripts/any-old", "#!/bin/sh\n", PackageBuilder.Executable)
                .Text("python-scripts/any-new", $"#!{LinkerFixture.Placeholder}/bin/python\n", LinkerFixture.Placeholder)
                .File("share/any", ""));

        Assert.True(File.Exists(_made.At("lib/python3.11/site-packages/any/__init__.py")));
        Assert.True(File.Exists(_made.At("bin/any-old")));
        Assert.True(File.Exists(_made.At("share/any")));
        Assert.StartsWith($"#!{_made.Prefix}/bin/python\n", File.ReadAllText(_made.At("bin/any-new")), StringComparison.Ordinal);
        Assert.StartsWith($"#!{_made.Prefix}/bin/python\nimport sys\n", File.ReadAllText(_made.At("bin/any")), StringComparison.Ordinal);
        Assert.Equal(PackageBuilder.Executable, File.GetUnixFileMode(_made.At("bin/any")));
        Assert.Equal(1, report.Counts.Commands);
        var record = _made.Record("any-1-py_0");
        Assert.Equal(("python", "noarch_python"), (record["noarch"]!.GetValue<string>(), record["package_type"]!.GetValue<string>()));
        Assert.Equal("lib/python3.11/site-packages/any/__init__.py", record["files"]![0]!.GetValue<string>());
        var command = record["paths_data"]!["paths"]!.AsArray()[^1]!;
        Assert.Equal(
            ("bin/any", "unix_python_entry_point"), (command["_path"]!.GetValue<string>(), command["path_type"]!.GetValue<string>()));
        Assert.Equal("", await _made.DifferencesAsync());
    }

    [Theory]
    [InlineData("lib/python3.13t/site-packages", true)]
    [InlineData("lib/pypy3.10/site-packages", false)]
    public async Task A_Python_says_where_its_modules_are(string place, bool isInRecord)
    {
        var builder = new PackageBuilder("python", "3.13.1", "h_cp313t").File("bin/python", "");
        if (!isInRecord)
        {
            builder.Index["python_site_packages_path"] = place;
        }

        var python = await _made.PackageAsync(builder);
        var any = await _made.PackageAsync(new PackageBuilder("any").NoArchPython().File("site-packages/any.py", ""));
        python = isInRecord ? python with { Record = new JsonObject { ["python_site_packages_path"] = place } } : python;
        await _made.Linker.LinkAsync([python, any], _made.Prefix, _made.Options, Token);

        Assert.True(File.Exists(_made.At($"{place}/any.py")));
    }

    [Fact]
    public async Task Modules_for_any_Python_need_one()
    {
        Assert.Equal("MF7065", (await RefusedAsync(new PackageBuilder("any").NoArchPython().File("site-packages/any.py", ""))).Code);
        Assert.False(Directory.Exists(_made.Prefix));

        // Nothing of this one depends on Python.
        await _made.LinkAsync(new PackageBuilder("data").NoArchPython().File("share/data", "x"));
        Assert.True(File.Exists(_made.At("share/data")));
    }

    [Fact]
    public async Task An_environment_for_Windows_has_its_own_places()
    {
        _made.Options = new LinkOptions("win-64");
        var any = new PackageBuilder("any").NoArchPython().File("site-packages/any.py", "").File("python-scripts/any.py", "");
        await _made.LinkAsync(new PackageBuilder("python", "3.11.7").File("python.exe", "").Binary(
            "DLLs/x.dll", Encoding.ASCII.GetBytes(LinkerFixture.Placeholder + "\0"), LinkerFixture.Placeholder), any);

        Assert.True(File.Exists(_made.At("Lib/site-packages/any.py")));
        Assert.True(File.Exists(_made.At("Scripts/any.py")));
        Assert.Equal(LinkerFixture.Placeholder + "\0", File.ReadAllText(_made.At("DLLs/x.dll")));
        Assert.Equal(
            "MF7066", (await RefusedAsync(new PackageBuilder("python", "3.11.7"), new PackageBuilder("any").NoArchPython("a = b:c"))).Code);
    }

    [Fact]
    public async Task A_path_that_is_too_long_for_a_binary_is_refused_with_the_longest()
    {
        var error = await RefusedAsync(new PackageBuilder("short").Binary("lib/x", "/short\0"u8.ToArray(), "/short"));

        Assert.Equal("MF7063", error.Code);
        Assert.Contains("at most 6 bytes", error.Message, StringComparison.Ordinal);
        Assert.Contains("'lib/x'", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_made.Prefix));
    }

    [Theory]
    [InlineData("relative/path")]
    [InlineData("/tmp/with\nline")]
    [InlineData("/tmp/with:colon")]
    [InlineData("/")]
    public async Task A_path_that_no_environment_can_have_is_refused(string prefix)
        => Assert.Equal("MF7068", (await Assert.ThrowsAsync<EnvironmentException>(
            () => _made.Linker.LinkAsync([], prefix, _made.Options, Token))).Code);

    [Fact]
    public async Task Scripts_of_packages_are_told_and_not_run()
    {
        var report = await _made.LinkAsync(new PackageBuilder("scripts")
            .File("bin/.scripts-post-link.sh", "touch $PREFIX/ran", PackageBuilder.Executable).File("bin/.scripts-pre-unlink.sh", "")
            .File("bin/.other-post-link.sh", "").File("etc/conda/activate.d/s.sh", "").File("etc/conda/deactivate.d/s.sh", ""));

        Assert.Equal(
            ["post-link", "pre-unlink", "activate", "deactivate"], report.Scripts.Select(static script => script.Occasion));
        Assert.False(File.Exists(_made.At("ran")));
    }

    [Fact]
    public async Task Changed_programs_for_macOS_are_signed()
    {
        _made.Options = new LinkOptions("osx-arm64") { SignAsync = null };
        byte[] program = [0xCF, 0xFA, 0xED, 0xFE, .. Encoding.UTF8.GetBytes($"\0{LinkerFixture.Placeholder}\0")];
        var builder = new PackageBuilder("mac").Binary("bin/mac", program, LinkerFixture.Placeholder)
            .Binary("bin/none", program[..4], LinkerFixture.Placeholder)
            .Text("bin/text", LinkerFixture.Placeholder, LinkerFixture.Placeholder);

        Assert.Equal(["bin/mac"], (await _made.LinkAsync(builder)).Unsigned);
        Directory.Delete(_made.Prefix, recursive: true);
        var signed = new List<string>();
        _made.Options = _made.Options with
        {
            SignAsync = (path, _) =>
            {
                signed.Add(path);
                File.AppendAllText(path, "signature");
                return Task.CompletedTask;
            },
        };
        Assert.Empty((await _made.LinkAsync(builder)).Unsigned);
        Assert.Equal([_made.At("bin/mac")], signed);
        Assert.Equal("", await _made.DifferencesAsync());
    }

    [Fact]
    public async Task Without_the_tool_of_macOS_signing_fails()
    {
        Assert.SkipWhen(OperatingSystem.IsMacOS(), "macOS has the tool.");
        var error = await Assert.ThrowsAsync<EnvironmentException>(() => CodeSignature.SignAsync("/nowhere", Token));
        Assert.Equal("MF7067", error.Code);
    }

    private async Task<EnvironmentException> RefusedAsync(params PackageBuilder[] builders)
        => await Assert.ThrowsAsync<EnvironmentException>(() => _made.LinkAsync(builders));
}
