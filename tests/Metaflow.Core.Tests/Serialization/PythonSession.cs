using System.Diagnostics;

namespace Metaflow.Core.Tests.Serialization;

/// <summary>Pythons that answer line after line while the tests of a class run: to start one takes longer than all it is asked.</summary>
public sealed class PythonSession : IDisposable
{
    private readonly Dictionary<string, Process> _processes = [];

    /// <summary>Asks for an answer, or skips the test if there is no Python with the module.</summary>
    /// <param name="module">The module that the program imports.</param>
    /// <param name="code">The program. For each line that it reads, it prints one.</param>
    /// <param name="line">The line.</param>
    /// <returns>What it printed.</returns>
    public string Ask(string module, string code, string line)
    {
        if (!_processes.TryGetValue(code, out var process))
        {
            process = Start(module, code);
            _processes.Add(code, process);
        }

        process.StandardInput.WriteLine(line);
        process.StandardInput.Flush();
        return process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"Python ended at '{line}'.");
    }

    public void Dispose()
    {
        foreach (var process in _processes.Values)
        {
            process.StandardInput.Close();
            process.WaitForExit();
            process.Dispose();
        }
    }

    private static Process Start(string module, string code)
    {
        var start = new ProcessStartInfo(PythonProcess.Require(module)) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["-u", "-c", code])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["PYTHONIOENCODING"] = "utf-8";
        return Process.Start(start)!;
    }
}
