using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using Metaflow.Python.Processes;

namespace Metaflow.Python.PyPI.Resolving;

/// <summary>Runs a Python without a shell and without what the user set for pip and for Python.</summary>
/// <param name="python">The Python's program.</param>
/// <param name="time">The clock.</param>
internal sealed class PipProcess(string python, TimeProvider time)
{
    /// <summary>Runs Python to its end.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="variables">Variables of the process; <see langword="null"/> takes one away.</param>
    /// <param name="usesConfiguration">Whether the variables <c>PIP_*</c> and the files of configuration count.</param>
    /// <param name="cancellationToken">Ends the process and all that it started.</param>
    /// <returns>The exit code and the lines that it printed.</returns>
    /// <exception cref="Errors.EnvironmentException">It cannot start (MF7074).</exception>
    public async Task<(int ExitCode, IReadOnlyList<string> Lines)> RunAsync(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables, bool usesConfiguration,
        CancellationToken cancellationToken)
    {
        var lines = new ConcurrentQueue<string>();
        try
        {
            var exitCode = await ChildProcess.RunAsync(
                StartInfo(arguments, variables, usesConfiguration), lines.Enqueue, lines.Enqueue, time, cancellationToken)
                .ConfigureAwait(false);
            return (exitCode, [.. lines]);
        }
        catch (Win32Exception error)
        {
            throw PipErrors.Missing(python, error.Message, error);
        }
    }

    private ProcessStartInfo StartInfo(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables, bool usesConfiguration)
    {
        var start = new ProcessStartInfo(python);

        // Neither the folder that the user is in, nor modules of the user, nor variables change what is found.
        start.ArgumentList.Add("-I");
        start.ArgumentList.Add("-X");
        start.ArgumentList.Add("utf8");
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        Isolate(start, usesConfiguration);
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private void Isolate(ProcessStartInfo start, bool usesConfiguration)
    {
        foreach (var name in start.Environment.Keys.ToList())
        {
            // A build starts a Python of its own, which must find its own modules only.
            if (name is "PYTHONPATH" or "PYTHONHOME" or "PYTHONSTARTUP" or "VIRTUAL_ENV" or "__PYVENV_LAUNCHER__"
                || (!usesConfiguration && name.StartsWith("PIP_", StringComparison.OrdinalIgnoreCase)))
            {
                start.Environment.Remove(name);
            }
        }

        start.Environment["PYTHONNOUSERSITE"] = "1";
        start.Environment["PYTHONUTF8"] = "1";
        start.Environment["PIP_DISABLE_PIP_VERSION_CHECK"] = "1";
        start.Environment["NO_COLOR"] = "1";
        if (!usesConfiguration)
        {
            start.Environment["PIP_CONFIG_FILE"] = OperatingSystem.IsWindows() ? "nul" : "/dev/null";
        }

        if (Path.GetDirectoryName(python) is { Length: > 0 } folder)
        {
            var rest = start.Environment.TryGetValue("PATH", out var path) && !string.IsNullOrEmpty(path) ? Path.PathSeparator + path : "";
            start.Environment["PATH"] = folder + rest;
        }
    }
}
