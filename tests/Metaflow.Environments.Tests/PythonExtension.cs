using System.Diagnostics;

namespace Metaflow.Environments.Tests;

/// <summary>Metaflow's Conda V2 extension itself. The variable METAFLOW_PYTHON_EXTENSION names a clone of it,
/// METAFLOW_PYTHON_REFERENCE one of Metaflow.</summary>
internal static class PythonExtension
{
    private static readonly string? Extension = Environment.GetEnvironmentVariable("METAFLOW_PYTHON_EXTENSION");
    private static readonly string? Reference = Environment.GetEnvironmentVariable("METAFLOW_PYTHON_REFERENCE");

    /// <summary>Runs a script with the extension, or skips the test where it is missing.</summary>
    public static async Task<string> RunAsync(string script, string input)
    {
        Assert.SkipWhen(string.IsNullOrEmpty(Extension), "METAFLOW_PYTHON_EXTENSION does not name a clone of the extension.");
        Assert.SkipWhen(string.IsNullOrEmpty(Reference), "METAFLOW_PYTHON_REFERENCE does not name a clone of Python Metaflow.");
        var home = Directory.CreateTempSubdirectory("metaflow-extension-");
        try
        {
            var start = new ProcessStartInfo("python3", ["-c", script])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = home.FullName,
            };
            start.Environment["PYTHONPATH"] = string.Join(Path.PathSeparator, Reference, Path.Combine(Extension!, "metaflow-netflixext"));
            start.Environment["METAFLOW_HOME"] = home.FullName;
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == 0, await errors);
            return await output;
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }
}
