using System.Globalization;
using Metaflow.Artifacts;
using Metaflow.Metadata;
using Metaflow.Storage;

namespace Metaflow.Tasks;

/// <summary>What is recorded about an attempt of a task, whoever records it: the task, the scheduler, a resume or a spin. The fields are
/// those of Python Metaflow.</summary>
/// <param name="blobs">The datastore that the attempt's artifacts are in.</param>
/// <param name="attempt">The attempt's number, from 0.</param>
internal sealed class AttemptFacts(IBlobStore blobs, int attempt)
{
    private const string DoneField = "attempt-done";

    private readonly string[] _tags = ["attempt_id:" + attempt.ToString(CultureInfo.InvariantCulture)];

    /// <summary>Returns true if the end of the attempt is among what is recorded.</summary>
    /// <param name="recorded">What is recorded about the task.</param>
    /// <returns>Whether it is.</returns>
    public bool IsDoneIn(IEnumerable<MetadataDatum> recorded) => recorded.Any(datum => datum.Field == DoneField && IsOfAttempt(datum));

    /// <summary>Returns true if a datum is one of this attempt.</summary>
    /// <param name="datum">The datum.</param>
    /// <returns>Whether it has the attempt's tag.</returns>
    public bool IsOfAttempt(MetadataDatum datum) => datum.Tags.Contains(_tags[0]);

    /// <summary>Makes a datum whose type is its field.</summary>
    /// <param name="field">The field.</param>
    /// <param name="value">The value.</param>
    /// <returns>The datum.</returns>
    public MetadataDatum Datum(string field, string value) => new(field, field, value, _tags);

    /// <summary>Makes what is recorded as an attempt begins.</summary>
    /// <param name="run">The task's run.</param>
    /// <param name="origin">What the task, or its run, was taken from.</param>
    /// <returns>The data; the caller's to add to.</returns>
    public List<MetadataDatum> Beginning(RunRecord run, IEnumerable<MetadataDatum> origin) =>
    [
        Datum("attempt", attempt.ToString(CultureInfo.InvariantCulture)),
        .. origin,
        Datum("ds-type", blobs.TypeName),
        Datum("ds-root", blobs.Root),
        Datum("user", run.UserName),
        Datum("runtime", "dev"),
    ];

    /// <summary>Adds which version ran the task, and where the task is in the foreaches and gangs of its run.</summary>
    /// <param name="data">Receives the data.</param>
    /// <param name="frames">The foreaches that the task is in, outermost first.</param>
    /// <param name="gangSize">How many tasks its gang has; <see langword="null"/> when it is in none.</param>
    public void AddPlace(List<MetadataDatum> data, IReadOnlyList<ForeachFrame> frames, int? gangSize)
    {
        data.Add(Datum("metaflow_version", ProductVersion.Recorded));
        if (gangSize is { } size)
        {
            data.Add(Datum(InternalFields.WorldSize, size.ToString(CultureInfo.InvariantCulture)));
            if (frames is [.., { Index: 0 }])
            {
                data.Add(Datum(InternalFields.TaskType, InternalFields.ControlTask));
            }
        }

        if (frames.Count > 0)
        {
            if (TaskFrames.StackTexts(frames) is { Count: > 0 } texts)
            {
                data.Add(new MetadataDatum("foreach-stack", "foreach-stack", texts, _tags));
            }

            data.Add(Datum("foreach-execution-path", TaskFrames.ExecutionPath(frames)));
        }
    }

    /// <summary>Adds which artifacts the step read and wrote.</summary>
    /// <param name="data">Receives the data.</param>
    /// <param name="lineage">What the step read and wrote.</param>
    public void AddLineage(List<MetadataDatum> data, TaskLineage lineage)
    {
        data.Add(Datum("read-artifacts", NamesText(lineage.ReadNames)));
        data.Add(Datum("written-artifacts", NamesText(lineage.Written)));
    }

    /// <summary>Makes the datum that says whether the attempt counts as finished.</summary>
    /// <param name="isOk">Whether it does.</param>
    /// <returns>The datum.</returns>
    public MetadataDatum Ok(bool isOk) => new("attempt_ok", "internal_attempt_status", isOk ? "True" : "False", _tags);

    /// <summary>Makes the datum that says that the attempt is done: the last one, as readers look for its artifacts then.</summary>
    /// <returns>The datum.</returns>
    public MetadataDatum Done() => Datum(DoneField, attempt.ToString(CultureInfo.InvariantCulture));

    /// <summary>Makes what is registered of artifacts.</summary>
    /// <param name="records">The artifacts.</param>
    /// <param name="now">The time.</param>
    /// <returns>What a provider of metadata takes.</returns>
    public IReadOnlyList<RegisteredArtifact> Artifacts(IEnumerable<ArtifactRecord> records, DateTimeOffset now)
        => [.. records.Select(record => new RegisteredArtifact(record, attempt, blobs.TypeName, ":root:" + blobs.Root, now))];

    private static string NamesText(IReadOnlyList<string> names)
        => "[" + string.Join(", ", names.Select(static name => $"\"{name}\"")) + "]";
}
