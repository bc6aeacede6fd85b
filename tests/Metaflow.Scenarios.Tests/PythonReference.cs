using System.ComponentModel;
using System.Diagnostics;

namespace Metaflow.Scenarios.Tests;

/// <summary>Python Metaflow itself. The variable METAFLOW_PYTHON_REFERENCE names a clone of it.</summary>
internal static class PythonReference
{
    private const string Variable = "METAFLOW_PYTHON_REFERENCE";

    // The one on PATH may be another than the system's, which has what Debian packages.
    private static readonly string[] Interpreters = ["python3", "/usr/bin/python3"];

    private static readonly string? Clone = Environment.GetEnvironmentVariable(Variable);

    /// <summary>Skips a test where there is no Python Metaflow.</summary>
    public static void SkipWhereMissing()
        => Assert.SkipWhen(string.IsNullOrEmpty(Clone), $"{Variable} does not name a clone of Python Metaflow.");

    /// <summary>Runs Python in the folder of a test, with the test's variables, or skips the test where there is no Python
    /// Metaflow.</summary>
    /// <param name="place">The folder.</param>
    /// <param name="arguments">Python's arguments.</param>
    public static Task<CommandOutcome> RunAsync(Workplace place, params string[] arguments) => RunWithAsync("sys", place, arguments);

    /// <summary>Does the same with a Python that has a module, or skips the test where none has.</summary>
    /// <param name="module">The module.</param>
    /// <param name="place">The folder.</param>
    /// <param name="arguments">Python's arguments.</param>
    public static async Task<CommandOutcome> RunWithAsync(string module, Workplace place, params string[] arguments)
    {
        SkipWhereMissing();
        var python3 = Interpreters.FirstOrDefault(interpreter => Has(interpreter, module));
        Assert.SkipWhen(python3 is null, $"No Python here has the module '{module}'.");
        var start = new ProcessStartInfo(python3, arguments) { WorkingDirectory = place.Folder };
        start.Environment["PYTHONPATH"] = $"{Clone}:{Environment.GetEnvironmentVariable("PYTHONPATH")}";
        start.Environment["METAFLOW_DATASTORE_SYSROOT_LOCAL"] = place.Folder;
        start.Environment["METAFLOW_HOME"] = place.Folder;
        foreach (var (name, value) in place.Environment)
        {
            start.Environment[name] = value;
        }

        using var python = new FlowProcess(start);
        return await python.EndAsync();
    }

    private static bool Has(string interpreter, string module)
    {
        try
        {
            var start = new ProcessStartInfo(interpreter, ["-c", $"import {module}"]) { RedirectStandardError = true };
            using var python = Process.Start(start)!;
            python.WaitForExit();
            return python.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            // There is no such program.
            return false;
        }
    }
}
