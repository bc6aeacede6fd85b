using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Metaflow.Errors;
using Metaflow.Settings;

namespace Metaflow.Launching;

/// <summary>How to start a program that runs tasks.</summary>
/// <param name="FileName">The executable.</param>
/// <param name="Arguments">The arguments before the program's own.</param>
public sealed record ProgramLocation(string FileName, IReadOnlyList<string> Arguments)
{
    /// <summary>Gets what stands for no program: tasks run in this process.</summary>
    public static ProgramLocation None { get; } = new("", []);

    /// <summary>Gets what identifies the environment of packages that the program runs with; <see langword="null"/>, the default, for the
    /// packages that it was built with.</summary>
    public string? Environment { get; init; }

    /// <summary>Gets the key of the code package that has the program, for machines that do not have it; <see langword="null"/>, the
    /// default, when there is none.</summary>
    public string? CodePackage { get; init; }

    /// <summary>Finds the running program: its own executable, or <c>dotnet exec</c> with its assembly.</summary>
    /// <returns>How to start it.</returns>
    /// <exception cref="LaunchException">The program cannot be found (MF6002).</exception>
    public static ProgramLocation Find() => From(System.Environment.ProcessPath, Assembly.GetEntryAssembly()?.Location);

    /// <summary>Says how to start a program.</summary>
    /// <param name="process">The running executable.</param>
    /// <param name="assembly">The program's assembly; empty when it was loaded from memory.</param>
    /// <returns>How to start it.</returns>
    /// <exception cref="LaunchException">The program cannot be found (MF6002).</exception>
    internal static ProgramLocation From(string? process, string? assembly)
    {
        if (process is null)
        {
            throw NotFound();
        }

        if (!Path.GetFileNameWithoutExtension(process).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
        {
            return new ProgramLocation(process, []);
        }

        return string.IsNullOrEmpty(assembly) ? throw NotFound() : new ProgramLocation(process, ["exec", assembly]);
    }

    /// <summary>Adds arguments before those of each process.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <returns>How to start the program with them.</returns>
    public ProgramLocation With(IReadOnlyList<string> arguments)
        => arguments.Count == 0 ? this : this with { Arguments = [.. Arguments, .. arguments] };

    /// <summary>Describes a process of this program whose streams are pipes.</summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <param name="mark">Marks the process, and what it starts.</param>
    /// <returns>What to start.</returns>
    internal ProcessStartInfo ToStartInfo(IReadOnlyList<string> arguments, string mark)
    {
        var start = new ProcessStartInfo(FileName)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment[RunMark.Variable] = mark;
        start.Environment[SchedulerProcess.Variable] = System.Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        foreach (var argument in Arguments.Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    private static LaunchException NotFound() => new(
        ErrorCodes.ProgramNotFound,
        "The program of this flow cannot be started again for its tasks.",
        "The running process has neither an executable nor an assembly on disk.",
        "Build the flow as an ordinary program, or run it with 'dotnet run'.");
}
