using System.Globalization;
using Metaflow.Errors;
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

    /// <summary>Gets the command that shows the logs of all tasks that failed; <see langword="null"/> where at most one did.</summary>
    public string? AllLogsCommand { get; init; }

    /// <summary>Gets what ended the run, with the commands that show what failed in place of what the engine says: the engine knows neither
    /// the program nor its options.</summary>
    public MetaflowException? Error => Failure is { } failure ? With(failure, Remedy()) : Outcome.Error;

    /// <summary>Gets what ended the run, for a view that shows the commands itself.</summary>
    public MetaflowException? ErrorWithoutCommands => Failure is { } failure ? With(failure, "") : Outcome.Error;

    private StepFailedException? Failure
        => LogsCommand is not null && Outcome.Error is StepFailedException { Code: ErrorCodes.StepRaised } failure ? failure : null;

    private static StepFailedException With(StepFailedException failure, string fix)
        => new(failure.Code, failure.What, failure.Why, fix, failure.InnerException)
        {
            Pathspec = failure.Pathspec,
            ExitCode = failure.ExitCode,
        };

    private string Remedy() => AllLogsCommand is null
        ? $"See it again with '{LogsCommand}'."
        : string.Create(
            CultureInfo.InvariantCulture,
            $"See it again with '{LogsCommand}'. {Tally.Failed.Count} tasks failed: '{AllLogsCommand}' shows the logs of all.");
}
