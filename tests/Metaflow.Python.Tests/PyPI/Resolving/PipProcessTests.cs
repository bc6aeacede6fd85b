using System.Diagnostics;
using Metaflow.Core.Tests.Storage;
using Metaflow.Errors;
using Metaflow.Python.PyPI.Resolving;

namespace Metaflow.Python.Tests.PyPI.Resolving;

/// <summary>Asks programs that only look like a Python with pip.</summary>
public sealed class PipProcessTests : IDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("echo 'pip 22.1.2 from /x (python 3.11)'", "22.1.2")]
    [InlineData("echo 'pip 9.0 from /x (python 2.7)'", "22.2")]
    [InlineData("echo 'No module named pip' >&2; exit 1", "No module named pip")]
    [InlineData("true", "prints no version")]
    public async Task A_pip_that_is_missing_or_too_old_is_refused(string script, string why)
    {
        var error = await Assert.ThrowsAsync<EnvironmentException>(() => Fake(script).RequirePipAsync(Token));
        Assert.Equal("MF7074", error.Code);
        Assert.Contains(why, error.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Python_that_is_not_there_is_refused()
    {
        var builder = new PipBuilderPrefix(Path.Combine(_folder.Path, "none"), TimeProvider.System);
        Assert.Equal("MF7074", (await Assert.ThrowsAsync<EnvironmentException>(() => builder.RequirePipAsync(Token))).Code);
    }

    [Fact]
    public async Task A_cancellation_ends_the_process_and_what_it_started()
    {
        var marks = Path.Combine(_folder.Path, "pid");
        var builder = Fake($"sleep 600 & echo $! > '{marks}.new'; mv '{marks}.new' '{marks}'; wait");
        using var cancellation = new CancellationTokenSource();
        var running = builder.RequirePipAsync(cancellation.Token);
        while (!File.Exists(marks))
        {
            await Task.Delay(10, Token);
        }

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        var id = int.Parse(await File.ReadAllTextAsync(marks, Token), System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(await EndsAsync(id));
    }

    [Fact]
    public async Task Arguments_and_variables_hold_no_credentials_and_nothing_of_the_user()
    {
        var seen = Path.Combine(_folder.Path, "seen");
        var builder = Fake(
            "case \"$*\" in *--version*) echo 'pip 25.0 from /x (python 3.13)';; "
                + $"*) printf '%s\\n' \"$@\" > '{seen}'; env >> '{seen}';; esac");
        Environment.SetEnvironmentVariable("PIP_FIND_LINKS", "/of/the/user");
        var request = new PipRequest
        {
            Requirements = ["a>=1 ; python_version > '3'", "b @ https://user:s3cret@h/b.whl"],
            Sources = new PipSources
            {
                Index = "https://user:s3cret@h/simple",
                ExtraIndices = ["https://t0ken@h/more"],
                TrustedHosts = ["h"]
            },
        };
        var error = await Assert.ThrowsAsync<EnvironmentException>(() => new PipResolver(builder).ResolveAsync(request, Token));
        Assert.Equal("MF7076", error.Code);
        var text = await File.ReadAllTextAsync(seen, Token);
        Assert.StartsWith("-I\n-X\nutf8\n-m\npip\ninstall\n--isolated\n", text, StringComparison.Ordinal);
        Assert.Contains("\nPIP_CONFIG_FILE=/dev/null\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", text, StringComparison.Ordinal);
        Assert.DoesNotContain("t0ken", text, StringComparison.Ordinal);
        Assert.DoesNotContain("/of/the/user", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"version":"2","install":[]}""", "MF7076")]
    [InlineData("""{"version":"1"}""", "MF7076")]
    [InlineData("""{"version":"1","install":[{"metadata":{"name":"a","version":"1"}}]}""", "MF7076")]
    [InlineData("no json", "MF7076")]
    [InlineData("""
        {"version":"1","install":[{"metadata":{"name":"a","version":"1"},
        "download_info":{"url":"file:///a","dir_info":{"editable":true}}}]}
        """, "MF7078")]
    public void A_report_that_cannot_be_understood_is_refused(string json, string code)
        => Assert.Equal(code, Assert.Throws<EnvironmentException>(() => PipReport.Read(System.Text.Encoding.UTF8.GetBytes(json))).Code);

    [Fact]
    public void The_former_report_is_read()
    {
        var result = PipReport.Read("""
            {"version":"0","pip_version":"22.2","environment":{"os_name":"posix"},"install":[
            {"download_info":{"url":"https://u:p@h/a-1.tar.gz","archive_info":{"hash":"sha256=ab"}},
            "is_direct":false,"requested":true,"metadata":{"name":"a","version":"1","requires_dist":["b"]}}]}
            """u8.ToArray());
        var package = Assert.Single(result.Packages);
        Assert.Equal(("ab", "https://h/a-1.tar.gz", PipPackageKind.SourceArchive), (package.Sha256, package.Url, package.Kind));
        Assert.Equal("posix", result.Environment.OsName);
    }

    [Theory]
    [InlineData("git+https://h/r.git", "MF7077")]
    [InlineData("git+https://h/r.git@main", "MF7077")]
    [InlineData("git+ssh://git@h/r.git", "MF7077")]
    [InlineData("-e /a/folder", "MF7078")]
    [InlineData("name>=1", "MF7070")]
    public void A_source_that_can_change_is_refused(string place, string code)
        => Assert.Equal(code, Assert.Throws<EnvironmentException>(() => WheelSource.Of("name", place)).Code);

    [Fact]
    public void A_source_at_a_commit_is_kept()
    {
        var commit = new string('a', 40);
        Assert.Equal(commit, WheelSource.Of("r", $"git+ssh://git@h/r.git@{commit}#subdirectory=a/b").Commit);
        var package = new PipPackage("r", "1", PipPackageKind.Repository, "https://h/r.git")
        {
            VersionControl = "git",
            Commit = commit,
            Subdirectory = "a b/c",
        };
        Assert.Equal($"git+https://h/r.git@{commit}#subdirectory=a%20b/c", WheelSource.Of(package).Place);
    }

    [Fact]
    public void Hundreds_of_lines_become_a_few()
    {
        List<string> lines =
        [
            "Collecting a", "  WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError': /simple/a/",
            "ERROR: Could not find a version that satisfies the requirement a (from versions: " + string.Join(", ",
                Enumerable.Range(0, 900)) + ")",
            "\u001b[31mERROR: No matching distribution found for a\u001b[0m",
            .. Enumerable.Range(0, 300).Select(static i => $"noise {i}"),
        ];
        var essence = PipOutput.Essence(lines);
        Assert.Equal(3, essence.Count);
        Assert.Contains("connection broken", essence[0], StringComparison.Ordinal);
        Assert.True(essence[1].Length < 420 && essence[1].EndsWith("898, 899)", StringComparison.Ordinal));
        Assert.Equal("No matching distribution found for a", essence[2]);
    }

    private static async Task<bool> EndsAsync(int id)
    {
        for (var i = 0; i < 500; i++)
        {
            try
            {
                using var process = Process.GetProcessById(id);
                if (process.HasExited)
                {
                    return true;
                }
            }
            catch (ArgumentException)
            {
                return true;
            }

            await Task.Delay(10, Token);
        }

        return false;
    }

    private PipBuilderPrefix Fake(string script)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The test writes programs for a shell.");
        var path = Path.Combine(_folder.Path, "python");
        File.WriteAllText(path, "#!/bin/sh\n" + script + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return new PipBuilderPrefix(path, TimeProvider.System);
    }
}
