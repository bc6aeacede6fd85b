using Metaflow.Errors;

namespace Metaflow.PythonSteps;

/// <summary>The errors of programs that steps run.</summary>
internal static class ProgramErrors
{
    private const int ShownLines = 20;

    public static StepFailedException NoPython(string step) => new(
        ErrorCodes.NoPythonInEnvironment,
        $"Step '{step}' runs a Python script, and its environment has no Python.",
        "Python is a package of conda, which is in an environment if a package needs it, or if the step asks for it.",
        "Add [PyPI(Python = \"3.11\")] or [Conda(\"python=3.11\")] to the step.");

    public static StepFailedException NoScript(string script, params string[] folders) => new(
        ErrorCodes.ScriptMissing,
        $"The Python file '{script}' is not there.",
        $"It is neither in '{folders[0]}', the working folder, nor in '{folders[1]}', beside the program.",
        "Correct the path, or let the build copy the file: <Content Include=\"…\" CopyToOutputDirectory=\"PreserveNewest\" />.");

    public static StepFailedException NoProgram(string program, string? prefix) => new(
        ErrorCodes.ProgramMissing,
        $"There is no program '{program}'.",
        prefix is null ? "The step has no packages of conda, and the path of the machine does not lead to the program."
            : $"It is neither in the environment '{prefix}' nor on the path of the machine.",
        $"Correct the name, or add the package that has the program to the step: [CondaTools(\"{program}\")].");

    public static StepFailedException NotStarted(string file, Exception error) => new(
        ErrorCodes.ProgramMissing,
        $"The program '{file}' cannot be started.",
        error.Message,
        "Is it a program of this kind of machine, and may your user run it? 'metaflow environment create ENV --force' makes the files of "
            + "an environment again.",
        error);

    public static StepFailedException Failed(string file, ProgramResult result)
    {
        var text = result.Error.Trim().Length > 0 ? result.Error : result.Output;
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var shown = string.Join('\n', lines.TakeLast(ShownLines)).Trim();
        return new(
            ErrorCodes.ProgramFailed,
            $"The program '{Path.GetFileName(file)}' ended with exit code {result.ExitCode}.",
            shown.Length == 0 ? "It printed nothing." : $"The last that it printed:\n{shown}",
            "The log of the task has the whole output. Set AllowsFailure of ProgramOptions to handle the exit code yourself.");
    }
}
