using Metaflow.Errors;

namespace Metaflow.Metadata;

/// <summary>The rules for records that apply to every provider. Providers of plug-ins use these methods.</summary>
public static class MetadataRules
{
    /// <summary>Rejects names that would lead elsewhere as parts of a path. Every method of a provider that takes names must do
    /// this.</summary>
    /// <param name="names">The names of a flow, a run, a step and a task, or some of them.</param>
    /// <exception cref="MetadataException">MF5003: a name is empty, has a slash, or leads up.</exception>
    public static void CheckNames(params ReadOnlySpan<string> names) => MetadataFiles.CheckNames(names);

    /// <summary>Checks the names and tags of a new run.</summary>
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
    /// <param name="add">Tags to add. System tags among them are ignored.</param>
    /// <param name="remove">Tags to remove. A tag that is also added stays.</param>
    /// <returns>The run; if nothing changes, the same run.</returns>
    /// <exception cref="MetadataException">MF5006: a tag is malformed. MF5007: it is a system tag. MF5008: there are too
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
