using System.Diagnostics;
using System.Text.Json;

namespace Metaflow.Python.Tests.PyPI;

/// <summary>A real Python of this machine with pip: METAFLOW_TEST_PYTHON names one, otherwise the one on the path is taken.</summary>
internal sealed class PythonOracle
{
    private PythonOracle(string path, string version, string pip) => (Path, Version, Pip) = (path, version, pip);

    public string Path { get; }

    public string Version { get; }

    public string Pip { get; }

    public static PythonOracle Require(string leastPip = "22.2")
    {
        var named = Environment.GetEnvironmentVariable("METAFLOW_TEST_PYTHON");
        var python = named ?? (OperatingSystem.IsWindows() ? "python" : "python3");
        string[] lines;
        try
        {
            lines = Run(
                python, "", "-c", "import sys, platform, pip; print(sys.executable, platform.python_version(), pip.__version__, sep='\\n')")
                .Output.Split('\n', StringSplitOptions.TrimEntries);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            lines = [];
        }

        Assert.SkipUnless(lines.Length >= 3, "This machine has no Python with pip on its path.");
        Assert.SkipUnless(
            System.Version.Parse(lines[2]) >= System.Version.Parse(leastPip), $"The pip of this machine has version {lines[2]}.");
        return new PythonOracle(lines[0], lines[1], lines[2]);
    }

    public static (int ExitCode, string Output) Run(string program, string input, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return (process.ExitCode, output.Result + (process.ExitCode == 0 ? "" : error.Result));
    }

    /// <summary>Gives a program one JSON value on its input, and reads one from its output.</summary>
    public T Ask<T>(string code, object input)
    {
        var (exitCode, output) = Run(Path, JsonSerializer.Serialize(input), "-c", code);
        Assert.True(exitCode == 0, output);
        return JsonSerializer.Deserialize<T>(output)!;
    }
}
