using Metaflow.Running;

namespace Metaflow.Cli.Views;

/// <summary>How a run ended, with what its user may want to do next.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Tally">What happened in it.</param>
internal sealed record RunEnd(RunOutcome Outcome, RunTally Tally)
{
    /// <summary>Gets a value indicating whether the run was interrupted from outside.</summary>
    public bool WasInterrupted { get; init; }

    /// <summary>Gets a value indicating whether hints are unwanted.</summary>
    public bool IsQuiet { get; init; }

    /// <summary>Gets where the results are, as people write it; empty where that is not known.</summary>
    public string Datastore { get; init; } = "";

    /// <summary>Gets the command that shows the results; <see langword="null"/> where there are none.</summary>
    public string? ResultsCommand { get; init; }

    /// <summary>Gets the command that goes on with the run; <see langword="null"/> after a success.</summary>
    public string? ResumeCommand { get; init; }

    /// <summary>Gets the command that shows the log of the task that failed first; <see langword="null"/> where none failed.</summary>
    public string? LogsCommand { get; init; }
}
