using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Reuse;

/// <summary>The errors of asking for a resume.</summary>
internal static class ResumeErrors
{
    public static ConfigurationException NoPreviousRun(string flow) => new(
        ErrorCodes.NoPreviousRun,
        "A previous run id was not found.",
        $"Flow '{flow}' has not run in this datastore, or only outside your namespace.",
        "Specify --origin-run-id, or run the flow first.");

    public static ConfigurationException RunExists(string flow, string runId) => new(
        ErrorCodes.RunIdRefused,
        $"run-id '{runId}' is taken.",
        $"The run '{flow}/{runId}' already exists, and its results would be overwritten.",
        $"Use another name. To continue that run, use 'resume --continue {runId}'.");

    public static ConfigurationException IntoItself(string flow, string runId) => new(
        ErrorCodes.OriginRunNotFound,
        $"Resume could not find the run that '{flow}/{runId}' resumes.",
        "It has not yet recorded which run it resumes, and a run cannot resume itself.",
        "Use --origin-run-id.");

    public static ConfigurationException NoSuchRun(string flow, string runId, string root) => new(
        ErrorCodes.OriginRunNotFound,
        $"Resume could not find run id {runId}.",
        $"Flow '{flow}' has no such run in '{root}'.",
        $"{RunWords.Suggestion(runId)} 'runs' lists the ids; --datastore-root selects another datastore.".TrimStart());

    public static ConfigurationException NoParameters(string flow, string runId) => new(
        ErrorCodes.OriginRunNotFound,
        $"Resume could not find the parameters of run '{flow}/{runId}'.",
        "The run ended before they were stored, so it has nothing to clone.",
        "Run the flow from the start.");

    public static ConfigurationException OtherFlow(string flow, string other, string wanted) => new(
        ErrorCodes.OriginRunNotFound,
        $"Resume could not find run '{wanted}' of flow '{flow}'.",
        $"It is a run of flow '{other}'.",
        "Use a run of this flow.");
}
