using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using Metaflow.Core.Tests.Storage;
using Metaflow.Python.Conda.Archives;
using Metaflow.Python.Conda.Linking;

namespace Metaflow.Python.Tests.Conda.Linking;

/// <summary>Scripts find the program that runs them, however long its path is.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ShebangTests
{
    private const string Placeholder = "/opt/placeholder";
    private static readonly string Long = "/" + new string('x', 140);

    [Theory]
    [InlineData("#!/opt/placeholder/bin/python3.11 -E", "/env", null)]
    [InlineData("#!/usr/bin/env python", "/env", null)]
    [InlineData("no line of that kind", "/env", null)]
    [InlineData("#!/opt/placeholder/bin/python", "/with space", "#!/bin/sh\n'''exec' \"/with space/bin/python\" \"$0\" \"$@\" #'''")]
    [InlineData("#! /opt/placeholder/bin/python3.11 -E -s", "/a \"$b`\\",
        "#!/bin/sh\n'''exec' \"/a \\\"\\$b\\`\\\\/bin/python3.11\" -E -s \"$0\" \"$@\" #'''")]
    [InlineData("#!/opt/placeholder/bin/perl", "/with space", "#!/usr/bin/env perl")]
    [InlineData("#!/opt/placeholder/bin/perl -w", "/with space", "#!/usr/bin/env -S perl -w")]
    [InlineData("#!/opt/placeholder/bin/python3-config", "/with space", "#!/usr/bin/env python3-config")]
    public void A_first_line_is_rewritten_only_if_it_must(string line, string prefix, string? expected)
    {
        var found = Shebang.Rewrite(Encoding.UTF8.GetBytes(line), Placeholder, prefix);
        Assert.Equal(expected, found is null ? null : Encoding.UTF8.GetString(found));
    }

    [Fact]
    public void A_line_of_127_bytes_is_the_longest()
    {
        var fits = "/" + new string('x', Shebang.MaxLength - "#!//bin/python".Length);
        Assert.Null(Shebang.Rewrite("#!/opt/placeholder/bin/python"u8, Placeholder, fits));
        Assert.Equal($"#!{fits}/bin/python", Shebang.OfPython($"{fits}/bin/python"));
        Assert.NotNull(Shebang.Rewrite("#!/opt/placeholder/bin/python"u8, Placeholder, fits + "y"));
        Assert.StartsWith("#!/bin/sh\n", Shebang.OfPython($"{fits}y/bin/python"), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_first_line_of_a_script_is_shortened()
    {
        using var target = new MemoryStream();
        var text = $"#!{Placeholder}/bin/perl\n#!{Placeholder}/bin/perl\n";

        using var source = new MemoryStream(Encoding.UTF8.GetBytes(text));
        Assert.True(new PrefixReplacement(Placeholder, Long).CopyText(source, target, isScript: true));

        Assert.Equal($"#!/usr/bin/env perl\n#!{Long}/bin/perl\n", Encoding.UTF8.GetString(target.ToArray()));
    }

    [Fact]
    public async Task A_script_with_a_long_path_starts_its_program()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "Scripts start programs on Unix alone.");
        using var folder = new TemporaryFolder();
        var bin = Path.Combine(folder.Path, new string('l', 150), "with space", "bin");
        Directory.CreateDirectory(bin);

        // Stands for Python: says with what it was started.
        File.CreateSymbolicLink(Path.Combine(bin, "python"), "/bin/echo");
        var script = Path.Combine(bin, "command");
        File.WriteAllBytes(script, EntryPointScript.Write(new EntryPoint("command", "a.b", "c.d"), Path.Combine(bin, "python")));
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);

        Assert.Equal($"{script} one two three\n", await RunAsync(script, "one", "two three"));
        Assert.EndsWith(
            "import sys\n\nfrom a.b import c\n\nif __name__ == \"__main__\":\n    sys.exit(c.d())\n", File.ReadAllText(script),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_real_Python_reads_a_script_with_a_long_path()
    {
        var python = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(static folder => Path.Combine(folder, "python3"))
            .FirstOrDefault(File.Exists);
        Assert.SkipWhen(python is null, "There is no 'python3' on PATH.");
        using var folder = new TemporaryFolder();
        var bin = Path.Combine(folder.Path, new string('l', 150), "bin");
        Directory.CreateDirectory(bin);
        File.CreateSymbolicLink(Path.Combine(bin, "python"), python!);
        File.WriteAllText(
            Path.Combine(bin, "module.py"), "import sys\n\n\nclass c:\n    @staticmethod\n    def d():\n        print(sys.argv[1:])\n");
        var script = Path.Combine(bin, "command");
        File.WriteAllBytes(script, EntryPointScript.Write(new EntryPoint("command", "module", "c.d"), Path.Combine(bin, "python")));
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);

        Assert.Equal("['one', 'two three']\n", await RunAsync(script, "one", "two three"));
    }

    private static async Task<string> RunAsync(string script, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(script, arguments) { RedirectStandardOutput = true })!;
        var text = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return text;
    }
}
