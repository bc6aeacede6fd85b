using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Running;

/// <summary>Which run to resume, and how.</summary>
public sealed record ResumeRequest
{
    /// <summary>What a flow's folder has beside its runs, and the words that commands take in place of an id.</summary>
    private static readonly string[] Reserved = ["data", "latest_run", RunWords.Latest, RunWords.LatestFailed];

    /// <summary>Gets the step to run again with all that follows it, by its name on disk; <see langword="null"/> to run only what did not
    /// succeed.</summary>
    public string? Step { get; init; }

    /// <summary>Gets the run to resume, as <c>run</c> or <c>Flow/run</c>; <see langword="null"/> for the newest.</summary>
    public string? OriginRun { get; init; }

    /// <summary>Gets the id of the new run, which must be no number; <see langword="null"/> for a new one.</summary>
    public string? RunId { get; init; }

    /// <summary>Gets a value indicating whether no task runs: the new run ends with what can be cloned. The default is
    /// <see langword="false"/>.</summary>
    public bool IsCloneOnly { get; init; }

    /// <summary>Gets a value indicating whether several processes may ask for the same new run: one does the work, the others wait for it.
    /// The default is <see langword="false"/>.</summary>
    public bool IsReentrant { get; init; }

    /// <summary>Gets what tells this process from the others of a reentrant resume; <see langword="null"/> for a name of its own.</summary>
    public string? Identifier { get; init; }

    /// <summary>Gets a value indicating whether tasks whose step's code changed since run again. By default they are cloned, and the plan
    /// names them.</summary>
    public bool RerunsChanged { get; init; }

    /// <summary>Checks the id of the new run, where one is given.</summary>
    /// <exception cref="ConfigurationException">MF2074: it is a number, or no name that a run may have. The exit code is 2.</exception>
    internal void CheckRunId()
    {
        if (RunId is { } id && (id.Length == 0 || id.All(char.IsAsciiDigit) || id.Contains('/', StringComparison.Ordinal)
            || id[0] is '.' or '_' || Reserved.Contains(id)
            || VisibleText.FirstHidden(id) is not null))
        {
            throw new ConfigurationException(
                ErrorCodes.RunIdRefused,
                id.Length > 0 && id.All(char.IsAsciiDigit)
                    ? $"run-id {id} cannot be an integer."
                    : $"run-id '{VisibleText.Line(id)}' is not a valid name of a run.",
                VisibleText.FirstHidden(id) is { } hidden
                    ? $"It has a character that is not visible ({hidden})."
                    : "Metaflow itself gives numbers as ids. An id becomes the name of a folder beside 'data' and 'latest_run'.",
                "Give a name, for example 'nightly-2026-11-22', or omit the option.")
            { ExitCode = ExitCodes.Usage };
        }
    }
}
