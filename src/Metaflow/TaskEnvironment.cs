using Metaflow.Errors;
using Metaflow.PythonSteps;

namespace Metaflow;

/// <summary>The environment of a task: the folder with the packages of conda and PyPI that its step asks for, and the programs in
/// it.</summary>
/// <remarks>The folder's programs come first on the path of the task, so that what a step starts by its name is found there too. They get
/// the variables of an activated environment. What they print becomes output of the task.</remarks>
public sealed class TaskEnvironment
{
    private readonly Current _current;
    private readonly PrefixPrograms? _programs;

    internal TaskEnvironment(Current current, PrefixPrograms? programs) => (_current, _programs) = (current, programs);

    /// <summary>Gets the absolute path of the folder; <see langword="null"/> if the step asks for no packages of conda and
    /// PyPI.</summary>
    public string? Prefix => _programs?.Prefix;

    /// <summary>Gets the absolute path of the environment's Python; <see langword="null"/> if it has none.</summary>
    public string? Python => _programs?.Find("python");

    /// <summary>Runs a Python script with the Python of the environment, and waits for its end.</summary>
    /// <param name="script">The path of the script. One that is not absolute is looked for in the task's working folder, then beside the
    /// program.</param>
    /// <param name="arguments">The script's arguments.</param>
    /// <returns>What the script printed to its output, and how long it took.</returns>
    /// <exception cref="StepFailedException">The environment has no Python (MF3051), the script is not there (MF3052), or it ended with
    /// another exit code than 0 (MF3050).</exception>
    /// <exception cref="OperationCanceledException">The task was asked to stop, or its timeout is over: the script was ended
    /// first.</exception>
    public Task<ProgramResult> RunPythonAsync(string script, params string[] arguments)
        => RunPythonAsync(script, arguments, new ProgramOptions());

    /// <inheritdoc cref="RunPythonAsync(string, string[])" path="/summary"/>
    /// <param name="script">The path of the script. One that is not absolute is looked for in the task's working folder, then beside the
    /// program.</param>
    /// <param name="arguments">The script's arguments.</param>
    /// <param name="options">Further options.</param>
    /// <returns>What the script printed to its output, and how long it took.</returns>
    /// <inheritdoc cref="RunPythonAsync(string, string[])" path="/exception"/>
    public Task<ProgramResult> RunPythonAsync(string script, IEnumerable<string> arguments, ProgramOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(script);
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(options);
        var python = Python ?? throw ProgramErrors.NoPython(_current.StepName);
        return _programs!.RunAsync(python, ["-u", ScriptFiles.Find(script), .. arguments], options, Stop(options));
    }

    /// <summary>Runs a program of the environment, and waits for its end.</summary>
    /// <param name="program">The name of the program, such as <c>ffmpeg</c>, or its path.</param>
    /// <param name="arguments">The program's arguments. No shell reads them.</param>
    /// <returns>What the program printed to its output, and how long it took.</returns>
    /// <exception cref="StepFailedException">There is no such program in the environment, nor on the path (MF3053), or it ended with
    /// another exit code than 0 (MF3050).</exception>
    /// <exception cref="OperationCanceledException">The task was asked to stop, or its timeout is over: the program was ended
    /// first.</exception>
    public Task<ProgramResult> RunAsync(string program, params string[] arguments)
        => RunAsync(program, arguments, new ProgramOptions());

    /// <inheritdoc cref="RunAsync(string, string[])" path="/summary"/>
    /// <param name="program">The name of the program, such as <c>ffmpeg</c>, or its path.</param>
    /// <param name="arguments">The program's arguments. No shell reads them.</param>
    /// <param name="options">Further options.</param>
    /// <returns>What the program printed to its output, and how long it took.</returns>
    /// <inheritdoc cref="RunAsync(string, string[])" path="/exception"/>
    public Task<ProgramResult> RunAsync(string program, IEnumerable<string> arguments, ProgramOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(program);
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(options);
        var programs = _programs ?? PrefixPrograms.None;
        var file = programs.Find(program) ?? throw ProgramErrors.NoProgram(program, programs.Prefix);
        return programs.RunAsync(file, [.. arguments], options, Stop(options));
    }

    private CancellationToken Stop(ProgramOptions options) => options.CancellationToken ?? _current.CancellationToken;
}
