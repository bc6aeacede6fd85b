using Metaflow.Errors;

namespace Metaflow.Metadata;

/// <summary>What holds for records wherever they are kept: providers of plug-ins keep to it with these methods.</summary>
public static class MetadataRules
{
    /// <summary>Refuses names that would lead elsewhere as parts of a path, as every method of a provider does that is given
    /// some.</summary>
    /// <param name="names">The names of a flow, a run, a step and a task, as far as given.</param>
    /// <exception cref="MetadataException">MF5003: a name is empty, has a slash, or leads up.</exception>
    public static void CheckNames(params ReadOnlySpan<string> names) => MetadataFiles.CheckNames(names);

    /// <summary>Checks the names and tags that a new run is given.</summary>
    /// <param name="run">The run; its id may be empty.</param>
    /// <exception cref="MetadataException">MF5003: a name is invalid. MF5006: a tag is malformed. MF5008: there are too many.</exception>
    public static void CheckNewRun(RunRecord run)
    {
        ArgumentNullException.ThrowIfNull(run);
        CheckNames(run.Flow, run.RunId.Length == 0 ? "new" : run.RunId);
        RunTags.CheckNew(run);
    }

    /// <summary>Returns a run with changed tags.</summary>
    /// <param name="run">The run.</param>
    /// <param name="add">Tags to add; the framework's own among them are there already and ignored.</param>
    /// <param name="remove">Tags to remove; one that is also added stays.</param>
    /// <returns>The run; when nothing changes, the one given.</returns>
    /// <exception cref="MetadataException">MF5006: a tag is malformed. MF5007: it is the framework's own. MF5008: there are too
    /// many.</exception>
    public static RunRecord ChangeTags(RunRecord run, IReadOnlyCollection<string> add, IReadOnlyCollection<string> remove)
    {
        ArgumentNullException.ThrowIfNull(run);
        return RunTags.Change(run, add, remove);
    }

    /// <summary>Returns the error of a run that does not exist, for <see cref="IMetadataProvider.ChangeTagsAsync"/>.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's id.</param>
    /// <param name="location">Where it was looked for.</param>
    /// <returns>The error (MF5004).</returns>
    public static MetadataException NoRun(string flow, string runId, string location) => MetadataErrors.NoRun(flow, runId, location);
}
