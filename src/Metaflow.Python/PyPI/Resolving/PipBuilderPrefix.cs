using System.Text.RegularExpressions;
using Metaflow.Python.PyPI.Versions;

namespace Metaflow.Python.PyPI.Resolving;

/// <summary>A Python with pip, in which packages are resolved and built.</summary>
/// <param name="python">The Python's program.</param>
/// <param name="time">The clock.</param>
internal sealed partial class PipBuilderPrefix(string python, TimeProvider time)
{
    /// <summary>The least version of pip: the first that reports what it would install.</summary>
    public const string LeastVersion = "22.2";

    private readonly PipProcess _process = new(python, time);

    /// <summary>Gets the Python's program.</summary>
    public string Python { get; } = python;

    /// <summary>Returns the version of pip.</summary>
    /// <param name="cancellationToken">Ends the process.</param>
    /// <returns>The version.</returns>
    /// <exception cref="Errors.EnvironmentException">There is no pip, it cannot start or it is too old (MF7074).</exception>
    public async Task<PythonVersion> RequirePipAsync(CancellationToken cancellationToken)
    {
        // pip that is broken prints a long trace.
        var (exitCode, lines) = await RunAsync(["-m", "pip", "--version"], new Dictionary<string, string>(), false, cancellationToken)
            .ConfigureAwait(false);
        var match = lines.Select(static line => VersionLine().Match(line)).FirstOrDefault(static match => match.Success);
        if (exitCode != 0 || match is null || !PythonVersion.TryParse(match.Groups["version"].Value, out var version))
        {
            throw PipErrors.Missing(Python, lines.LastOrDefault(static line => line.Trim().Length > 0) ?? "It prints no version");
        }

        return version.WithoutLocal() >= PythonVersion.Parse(LeastVersion) ? version
            : throw PipErrors.TooOld(Python, version.ToString(), LeastVersion);
    }

    /// <summary>Runs the Python.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="variables">Variables of the process.</param>
    /// <param name="usesConfiguration">Whether pip's configuration and variables count.</param>
    /// <param name="cancellationToken">Ends the process.</param>
    /// <returns>The exit code and the lines that it printed.</returns>
    /// <exception cref="Errors.EnvironmentException">It cannot start (MF7074).</exception>
    public Task<(int ExitCode, IReadOnlyList<string> Lines)> RunAsync(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables, bool usesConfiguration,
        CancellationToken cancellationToken) => _process.RunAsync(arguments, variables, usesConfiguration, cancellationToken);

    [GeneratedRegex(@"^pip (?<version>\S+) from ")]
    private static partial Regex VersionLine();
}
