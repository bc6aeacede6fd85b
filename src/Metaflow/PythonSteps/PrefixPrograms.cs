using System.ComponentModel;
using System.Diagnostics;
using Metaflow.Platform;

namespace Metaflow.PythonSteps;

/// <summary>The programs of an environment's folder.</summary>
/// <param name="prefix">The absolute path of the folder; <see langword="null"/> for the programs of the machine alone.</param>
/// <param name="variables">The variables of an activated environment.</param>
internal sealed class PrefixPrograms(string? prefix, IReadOnlyDictionary<string, string> variables)
{
    /// <summary>Gets the programs of the machine.</summary>
    public static PrefixPrograms None { get; } = new(null, new Dictionary<string, string>());

    /// <summary>Gets the folder.</summary>
    public string? Prefix => prefix;

    /// <summary>Returns the folders of an environment that have its programs.</summary>
    /// <param name="folder">The absolute path of the environment's folder.</param>
    /// <returns>The absolute paths.</returns>
    public static IReadOnlyList<string> FoldersOf(string folder) => OperatingSystem.IsWindows()
        ? [folder, Path.Combine(folder, "Library", "bin"), Path.Combine(folder, "Scripts")]
        : [Path.Combine(folder, "bin")];

    /// <summary>Finds a program: in the environment, then on the path of the process.</summary>
    /// <param name="program">Its name, or its path.</param>
    /// <returns>The absolute path; <see langword="null"/> if it is nowhere.</returns>
    public string? Find(string program)
    {
        if (program.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            return File.Exists(program) ? Path.GetFullPath(program) : null;
        }

        // Python only counts where the environment has it: that of the machine has other packages.
        var others = program == "python" ? [] : (ProcessVariables.ValueOf("PATH") ?? "").Split(Path.PathSeparator);
        string[] names = OperatingSystem.IsWindows() ? [program, program + ".exe", program + ".bat"] : [program];
        return (prefix is null ? [] : FoldersOf(prefix)).Concat(others).Where(Path.IsPathRooted)
            .SelectMany(folder => names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }

    /// <summary>Runs a program.</summary>
    /// <param name="file">The absolute path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="options">Further options.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>What became of it.</returns>
    /// <exception cref="Errors.StepFailedException">It could not be started (MF3053), or ended with another exit code than 0
    /// (MF3050).</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public async Task<ProgramResult> RunAsync(
        string file, IReadOnlyList<string> arguments, ProgramOptions options, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var started = Stopwatch.GetTimestamp();
        using var process = Start(file, arguments, options);
        var output = new ProgramOutput(process.StandardOutput, options.IsQuiet ? null : Console.Out);
        var error = new ProgramOutput(process.StandardError, options.IsQuiet ? null : Console.Error);
        try
        {
            await FeedAsync(process, options.Input).ConfigureAwait(false);
            await process.WaitForExitAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        var result = new ProgramResult
        {
            ExitCode = process.ExitCode,
            Output = await output.Text.ConfigureAwait(false),
            Error = await error.Text.ConfigureAwait(false),
            Duration = Stopwatch.GetElapsedTime(started),
        };
        return result.ExitCode == 0 || options.AllowsFailure ? result : throw ProgramErrors.Failed(file, result);
    }

    private Process Start(string file, IReadOnlyList<string> arguments, ProgramOptions options)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = options.WorkingFolder ?? "",
        };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        if (prefix is not null)
        {
            start.Environment["PATH"] = string.Join(Path.PathSeparator, [.. FoldersOf(prefix), ProcessVariables.ValueOf("PATH") ?? ""]);

            // Packages of the user's own folder and of other environments are not those that were locked.
            start.Environment["PYTHONNOUSERSITE"] = "1";
            start.Environment.Remove("PYTHONHOME");
            start.Environment.Remove("PYTHONPATH");
        }

        foreach (var (name, value) in options.Variables)
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception failure)
        {
            throw ProgramErrors.NotStarted(file, failure);
        }
    }

    private static async Task FeedAsync(Process process, string input)
    {
        try
        {
            await process.StandardInput.WriteAsync(input).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It did not want to read all of it.
        }
    }
}
