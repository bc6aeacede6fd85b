using System.Collections.Concurrent;
using System.Diagnostics;

namespace Metaflow.Core.Tests.Serialization;

/// <summary>The Python of the machine, to see what it makes of our bytes.</summary>
internal static class PythonProcess
{
    private static readonly ConcurrentDictionary<string, string?> Found = new(StringComparer.Ordinal);

    /// <summary>Returns a Python that has a module, or <see langword="null"/> when there is none.</summary>
    public static string? Find(string module) => Found.GetOrAdd(
        module,
        static module => new[] { "python3", "/usr/bin/python3" }.FirstOrDefault(python => Run(python, $"import {module}", []) is not null));

    /// <summary>Returns a Python that has a module, or skips the test.</summary>
    public static string Require(string module)
    {
        var python = Find(module);
        if (python is null)
        {
            Assert.Skip($"No python3 with the module '{module}' is installed.");
        }

        return python;
    }

    /// <summary>Runs a program that gets lines and answers each with one.</summary>
    /// <returns>What it printed, or <see langword="null"/> when it failed.</returns>
    public static IReadOnlyList<string>? Run(string python, string code, IReadOnlyList<string> lines)
    {
        try
        {
            var start = new ProcessStartInfo(python)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add(code);
            start.Environment["PYTHONIOENCODING"] = "utf-8";
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            foreach (var line in lines)
            {
                process.StandardInput.WriteLine(line);
            }

            process.StandardInput.Close();
            process.WaitForExit();
            if (process.ExitCode != 0 && lines.Count > 0)
            {
                throw new InvalidOperationException(errors.Result);
            }

            return process.ExitCode == 0 ? output.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries) : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
