using Metaflow.Errors;

namespace Metaflow.PythonSteps;

/// <summary>The Python files that steps name.</summary>
internal static class ScriptFiles
{
    /// <summary>Finds a file: in the working folder, then beside the program.</summary>
    /// <param name="script">The path as the step names it.</param>
    /// <returns>The absolute path.</returns>
    /// <exception cref="StepFailedException">It is not there (MF3052).</exception>
    public static string Find(string script)
        => TryFind(script) ?? throw ProgramErrors.NoScript(script, Environment.CurrentDirectory, AppContext.BaseDirectory);

    /// <summary>Finds a file: in the working folder, then beside the program.</summary>
    /// <param name="script">The path as the step names it.</param>
    /// <returns>The absolute path; <see langword="null"/> if it is not there.</returns>
    public static string? TryFind(string script)
        => new[] { Path.GetFullPath(script), Path.Combine(AppContext.BaseDirectory, script) }.FirstOrDefault(File.Exists);
}
