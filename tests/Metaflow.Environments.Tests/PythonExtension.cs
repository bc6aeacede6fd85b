using System.Diagnostics;

namespace Metaflow.Environments.Tests;

/// <summary>Metaflow's Conda V2 extension itself. The variables METAFLOW_PYTHON_REFERENCE and METAFLOW_PYTHON_EXTENSION name clones of
/// Python Metaflow and of the extension.</summary>
internal static class PythonExtension
{
    private const string ReferenceVariable = "METAFLOW_PYTHON_REFERENCE";
    private const string ExtensionVariable = "METAFLOW_PYTHON_EXTENSION";

    private static string Clones => string.Join(
        Path.PathSeparator,
        Environment.GetEnvironmentVariable(ReferenceVariable),
        Path.Combine(Environment.GetEnvironmentVariable(ExtensionVariable)!, "metaflow-netflixext"));

    /// <summary>Skips a test where there is no extension.</summary>
    public static void SkipWhereMissing()
    {
        foreach (var variable in (string[])[ReferenceVariable, ExtensionVariable])
        {
            Assert.SkipWhen(string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable)), $"{variable} names no clone.");
        }
    }

    /// <summary>Runs Python with the extension.</summary>
    /// <param name="folder">The folder that it works in, which is also that of the local datastore.</param>
    /// <param name="arguments">Python's arguments.</param>
    /// <returns>What it wrote.</returns>
    public static Task<string> RunAsync(string folder, params string[] arguments)
        => RunAsync(folder, new Dictionary<string, string>(), arguments);

    /// <summary>Runs Python with the extension.</summary>
    /// <param name="folder">The folder that it works in, which is also that of the local datastore. Programs in it come first.</param>
    /// <param name="variables">More variables of its process.</param>
    /// <param name="arguments">Python's arguments.</param>
    /// <returns>What it wrote.</returns>
    public static async Task<string> RunAsync(string folder, IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        SkipWhereMissing();
        var start = new ProcessStartInfo("python3", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PYTHONPATH"] = Clones;
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["METAFLOW_DATASTORE_SYSROOT_LOCAL"] = folder;
        start.Environment["METAFLOW_HOME"] = folder;
        start.Environment["METAFLOW_USER"] = "ada";
        start.Environment["METAFLOW_CONDA_DEPENDENCY_RESOLVER"] = "micromamba";
        start.Environment["PATH"] = $"{folder}:{Environment.GetEnvironmentVariable("PATH")}";
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var python = Process.Start(start)!;
        var errors = python.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await python.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(python.ExitCode == 0, output + await errors);
        return output + await errors;
    }

    /// <summary>Runs a script with the extension, or skips the test where it is missing.</summary>
    public static async Task<string> RunScriptAsync(string script, string input)
    {
        SkipWhereMissing();
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
            start.Environment["PYTHONPATH"] = Clones;
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
