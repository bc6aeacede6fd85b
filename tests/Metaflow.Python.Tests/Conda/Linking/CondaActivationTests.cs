using System.Diagnostics;
using Metaflow.Core.Tests.Storage;
using Metaflow.Errors;
using Metaflow.Python.Conda.Linking;

namespace Metaflow.Python.Tests.Conda.Linking;

/// <summary>What activating an environment would set is known without a shell.</summary>
public sealed class CondaActivationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _known = new() { ["HOME"] = "/home/me", ["PATH"] = "/usr/bin" };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Variables_of_files_and_of_scripts_are_known()
    {
        Write("etc/conda/env_vars.d/b.json", """{"ONE": "second", "NUMBER": 3}""");
        Write("etc/conda/env_vars.d/a.json", """{"ONE": "first", "GONE": "x", "TWO": ""}""");
        Write("conda-meta/state", """{"env_vars": {"GONE": "***unset***", "USER_SET": "value"}, "version": 1}""");
        Write(
            "etc/conda/activate.d/gdal.sh",
            "#!/bin/sh\n\nexport GDAL_DATA=$CONDA_PREFIX/share/gdal\nexport THREE=\"${ONE} $HOME\" # why\n");
        Write("etc/conda/activate.d/readme.txt", "not a script");

        var found = CondaActivation.Read(_folder.Path, isForWindows: false, _known);

        Assert.Equal([$"{_folder.Path}/bin"], found.PathAdditions);
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["CONDA_DEFAULT_ENV"] = _folder.Path,
                ["CONDA_PREFIX"] = _folder.Path,
                ["GDAL_DATA"] = $"{_folder.Path}/share/gdal",
                ["NUMBER"] = "3",
                ["ONE"] = "second",
                ["THREE"] = "second /home/me",
                ["TWO"] = "",
                ["USER_SET"] = "value",
            },
            found.Variables);
        Assert.Empty(found.NotRun);
    }

    [Fact]
    public void Lines_that_take_a_shell_are_told_and_not_followed()
    {
        Write("etc/conda/activate.d/a.sh", """
            export FIRST=1
            if [ -n "$FIRST" ]; then
                export INSIDE=1
            fi
            export AFTER=2
            export TWO=1 THREE=2
            export COMMAND=$(which sh)
            export BACK=`which sh`
            export UNKNOWN=$NEVER_SET
            export OTHERWISE=${FIRST:-x}
            OWN=1
            f() {
                export INSIDE=2
            }
            [ -z "$X" ] && export INSIDE=3
            export LAST=3
            cat <<END
            export INSIDE=4
            END
            export INSIDE=5
            """);

        var found = CondaActivation.Read(_folder.Path, isForWindows: false, _known);

        Assert.Equal(
            ["AFTER", "CONDA_DEFAULT_ENV", "CONDA_PREFIX", "FIRST", "LAST"], found.Variables.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20], found.NotRun.Select(static line => line.Number));
        Assert.Equal(new ScriptLine("etc/conda/activate.d/a.sh", 11, "OWN=1"), found.NotRun[8]);
    }

    [Theory]
    [InlineData("return 0")]
    [InlineData("text=\"begins here")]
    [InlineData("command --with \\")]
    [InlineData("fi")]
    public void Nothing_is_followed_after_a_line_whose_end_cannot_be_told(string line)
    {
        Write("etc/conda/activate.d/a.sh", $"{line}\nexport AFTER=1\n");
        Write("etc/conda/activate.d/b.sh", "export OTHER=1\n");

        var found = CondaActivation.Read(_folder.Path, isForWindows: false, _known);

        Assert.False(found.Variables.ContainsKey("AFTER"));
        Assert.Equal("1", found.Variables["OTHER"]);
    }

    [Fact]
    public async Task Values_are_those_that_the_shell_would_give()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is a shell on Unix alone.");
        string[] values =
        [
            "plain", "'single quoted $HOME'", "\"double $HOME\"", "\"${HOME}/x\"", "a'b c'd\"e f\"", "",
            "\"\\\"quoted\\\" \\$HOME \\\\ \\x\"",
            "$HOME:$PATH", "~x", "x=~", "\"it's\"", "'say \"so\"'", "${HOME}s", "a:b@c%d+e,f", "\"tab\there\"", "$CONDA_PREFIX/lib", "a;",
        ];
        var text = string.Concat(values.Select(static (value, number) => $"export V{number}={value}\n"));
        Write("etc/conda/activate.d/a.sh", text);

        var found = CondaActivation.Read(_folder.Path, isForWindows: false, _known);

        var start = new ProcessStartInfo("/bin/sh", ["-c", text + "/usr/bin/env -0"]) { RedirectStandardOutput = true };
        start.Environment.Clear();
        start.Environment["HOME"] = _known["HOME"];
        start.Environment["PATH"] = $"{_folder.Path}/bin:/usr/bin";
        start.Environment["CONDA_PREFIX"] = _folder.Path;
        using var shell = Process.Start(start)!;
        var given = (await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Split('\0')
            .Where(static line => line.StartsWith('V')).Select(static line => line.Split('=', 2)).ToDictionary(static pair => pair[0]);
        var followed = 0;
        for (var i = 0; i < values.Length; i++)
        {
            if (found.Variables.TryGetValue($"V{i}", out var value))
            {
                Assert.Equal(given[$"V{i}"][1], value);
                followed++;
            }
        }

        Assert.Equal(values.Length - 1, followed);
    }

    [Fact]
    public void An_environment_for_Windows_has_more_folders_and_its_scripts_are_not_followed()
    {
        Write("etc/conda/activate.d/a.bat", "@SET X=1");

        var found = CondaActivation.Read(_folder.Path, isForWindows: true, _known);

        Assert.Equal(6, found.PathAdditions.Count);
        Assert.Equal("etc/conda/activate.d/a.bat", Assert.Single(found.NotRun).Script);
    }

    [Theory]
    [InlineData("etc/conda/env_vars.d/a.json", "nothing")]
    [InlineData("etc/conda/env_vars.d/a.json", "[]")]
    [InlineData("conda-meta/state", "nothing")]
    public void A_file_that_cannot_be_read_is_named(string file, string content)
    {
        Write(file, content);
        var error = Assert.Throws<EnvironmentException>(() => CondaActivation.Read(_folder.Path, isForWindows: false, _known));
        Assert.Equal("MF7062", error.Code);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    private void Write(string path, string content)
    {
        var file = Path.Combine(_folder.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }
}
