namespace Metaflow;

/// <summary>How <see cref="TaskEnvironment"/> runs a program.</summary>
public sealed record ProgramOptions
{
    /// <summary>Gets the working folder; <see langword="null"/>, the default, for that of the task.</summary>
    public string? WorkingFolder { get; init; }

    /// <summary>Gets variables to set for the program; a <see langword="null"/> value removes one. None by default.</summary>
    public IReadOnlyDictionary<string, string?> Variables { get; init; } = new Dictionary<string, string?>();

    /// <summary>Gets what the program reads from its input. The default, the empty text, is an input that is at its end.</summary>
    public string Input { get; init; } = "";

    /// <summary>Gets a value indicating whether an exit code other than 0 is returned instead of thrown as an error. The default is
    /// <see langword="false"/>.</summary>
    public bool AllowsFailure { get; init; }

    /// <summary>Gets a value indicating whether what the program prints is not output of the task. The default is
    /// <see langword="false"/>.</summary>
    public bool IsQuiet { get; init; }

    /// <summary>Gets what ends the program; <see langword="null"/>, the default, for the token of the task.</summary>
    public CancellationToken? CancellationToken { get; init; }
}

/// <summary>What became of a program that <see cref="TaskEnvironment"/> ran.</summary>
public sealed record ProgramResult
{
    /// <summary>Gets the exit code.</summary>
    public required int ExitCode { get; init; }

    /// <summary>Gets what it printed to its output: the last 16 MB if it is more.</summary>
    public required string Output { get; init; }

    /// <summary>Gets what it printed to its error output: the last 16 MB if it is more.</summary>
    public required string Error { get; init; }

    /// <summary>Gets how long it ran.</summary>
    public required TimeSpan Duration { get; init; }
}
