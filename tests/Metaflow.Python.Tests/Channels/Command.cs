using System.ComponentModel;
using System.Diagnostics;

namespace Metaflow.Python.Tests.Channels;

/// <summary>Runs a program to its end, with the least claim on the processor.</summary>
internal static class Command
{
    /// <summary>Runs a program.</summary>
    /// <param name="program">The program: a path, or a name to look for.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">All of its environment, or <see langword="null"/> for that of this process.</param>
    /// <param name="cancellationToken">Ends the program.</param>
    /// <returns>What it wrote to its output.</returns>
    /// <exception cref="CommandFailedException">The program is not there, or it failed.</exception>
    public static async Task<string> RunAsync(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        CancellationToken cancellationToken = default)
    {
        var (exitCode, output, errors) = await TryRunAsync(program, arguments, environment, cancellationToken);
        return exitCode == 0
            ? output
            : throw new CommandFailedException($"'{Path.GetFileName(program)}' ended with {exitCode}: {errors.Trim()} {output.Trim()}");
    }

    /// <summary>Runs a program that may fail.</summary>
    /// <returns>Its exit code, its output and its errors.</returns>
    /// <exception cref="CommandFailedException">The program is not there.</exception>
    public static async Task<(int ExitCode, string Output, string Errors)> TryRunAsync(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        CancellationToken cancellationToken = default)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (environment is not null)
        {
            start.Environment.Clear();
            foreach (var (name, value) in environment)
            {
                start.Environment[name] = value;
            }
        }

        using var process = Start(start);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, await output, await errors);
    }

    private static Process Start(ProcessStartInfo start)
    {
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw new CommandFailedException($"'{start.FileName}' cannot be started: {error.Message}");
        }

        try
        {
            process.PriorityClass = ProcessPriorityClass.Idle;
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception)
        {
            // It has ended already.
        }

        return process;
    }
}
