using Metaflow.Errors;

namespace Metaflow.Client;

/// <summary>The errors of the client.</summary>
internal static class ClientErrors
{
    private const int MostShown = 5;
    private const string Flow = "flow";

    /// <summary>Returns the error of a pathspec with the wrong number of parts.</summary>
    /// <param name="pathspec">The pathspec.</param>
    /// <param name="form">The form it should have, such as <c>Flow/run</c>.</param>
    /// <returns>The error.</returns>
    public static MetadataException Malformed(string pathspec, string form) => new(
        ErrorCodes.PathspecMalformed,
        $"'{pathspec}' has the wrong form for this pathspec.",
        $"The form is {form}.",
        "Write it in this form.")
    { Pathspec = pathspec };

    /// <summary>Returns the error of an object that does not exist.</summary>
    /// <param name="kind">The kind of object, such as <c>run</c>.</param>
    /// <param name="pathspec">Its pathspec.</param>
    /// <param name="name">Its name, the last part of the pathspec.</param>
    /// <param name="known">The names that exist there.</param>
    /// <returns>The error.</returns>
    public static MetadataException NotFound(string kind, string pathspec, string name, IEnumerable<string> known)
    {
        var near = NearNames.Of(name, known);
        var others = near.Count > 0 ? near : known.Take(MostShown).ToList();
        return new MetadataException(
            ErrorCodes.ObjectNotFound,
            $"There is no {kind} '{pathspec}'.",
            others.Count == 0
                ? "There is nothing of this kind."
                : $"The nearest names are: {string.Join(", ", others.Select(static other => $"'{other}'"))}.",
            $"Check the name. {(kind == Flow ? "'metaflow flows' lists the flows" : "'runs' lists the runs")}; '--datastore-root' selects "
                + "another datastore, in code 'new MetaflowClient(\"folder\")'.")
        { Pathspec = pathspec };
    }

    /// <summary>Returns the error of a flow that does not exist.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="place">The datastore that was looked at.</param>
    /// <param name="isThere">Whether there is such a datastore at all.</param>
    /// <param name="known">The names of the flows that it has.</param>
    /// <returns>The error.</returns>
    public static MetadataException NoFlow(string name, string place, bool isThere, IReadOnlyCollection<string> known) => known.Count > 0
        ? NotFound(Flow, name, name, known)
        : new MetadataException(
            ErrorCodes.ObjectNotFound,
            $"There is no flow '{name}'.",
            isThere ? $"The datastore '{place}' has no flows." : $"The folder '{place}' does not exist.",
            "Use the datastore of the flow's runs: '--datastore-root', or in code new MetaflowClient(\"folder\").")
        { Pathspec = name };

    /// <summary>Returns the error of a datastore that does not exist.</summary>
    /// <param name="place">The datastore.</param>
    /// <returns>The error.</returns>
    public static MetadataException NoDatastore(string place) => new(
        ErrorCodes.ObjectNotFound,
        $"There is no datastore '{place}'.",
        "The folder does not exist.",
        "Use '--datastore-root' with the folder '.metaflow' of a project, or with the folder that contains it.");

    /// <summary>Returns the error of an object outside the client's namespace.</summary>
    /// <param name="pathspec">Its pathspec.</param>
    /// <param name="name">The client's namespace.</param>
    /// <param name="others">The namespaces it is in.</param>
    /// <returns>The error.</returns>
    public static MetadataException Outside(string pathspec, string name, IEnumerable<string> others)
    {
        var shown = others.Distinct(StringComparer.Ordinal).Take(MostShown).ToList();
        var list = string.Join(", ", shown.Select(static other => $"'{other}'"));
        return new MetadataException(
            ErrorCodes.OutsideNamespace,
            $"'{pathspec}' is not in the namespace '{name}'.",
            list.Length == 0 ? "It has no tag of that name." : $"It is in {list}.",
            "Look there with WithNamespace(\"…\"), or in all namespaces with WithNamespace(null).")
        {
            Pathspec = pathspec,
            NamespaceOfObject = shown.FirstOrDefault(),
        };
    }

    /// <summary>Returns the error of an attempt that a task does not have.</summary>
    /// <param name="pathspec">The task's pathspec.</param>
    /// <param name="attempt">The attempt's number.</param>
    /// <param name="known">The attempts it has.</param>
    /// <returns>The error.</returns>
    public static MetadataException NoAttempt(string pathspec, int attempt, IReadOnlyList<int> known) => new(
        ErrorCodes.NoSuchAttempt,
        $"The task '{pathspec}' has no attempt {attempt}.",
        known.Count == 0 ? "It has not started." : $"Its attempts are {string.Join(", ", known)}.",
        "Use one of these.")
    { Pathspec = pathspec };

    /// <summary>Returns the error of the parameters of a run that has none yet.</summary>
    /// <param name="pathspec">The run's pathspec.</param>
    /// <returns>The error.</returns>
    public static MetadataException NoParameters(string pathspec) => new(
        ErrorCodes.ObjectNotFound,
        $"The run '{pathspec}' has no parameters.",
        "It has just begun, or ended before they were stored.",
        "Leave it out of what you compare.")
    { Pathspec = pathspec };

    /// <summary>Returns the error of the result of a run that has none yet.</summary>
    /// <param name="pathspec">The run's pathspec.</param>
    /// <param name="endStep">The name of its end step.</param>
    /// <returns>The error.</returns>
    public static MetadataException NoEnd(string pathspec, string endStep) => new(
        ErrorCodes.ObjectNotFound,
        $"The run '{pathspec}' has no result.",
        $"It has no task of its end step '{endStep}': the run is still running, or it failed.",
        "Use 'LatestSuccessfulRun', or look at the tasks of the steps that did run.")
    { Pathspec = pathspec };
}
