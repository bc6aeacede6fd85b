using System.Globalization;
using Metaflow.Metadata;

namespace Metaflow.Testing.Conformance;

public abstract partial class MetadataProviderConformance
{
    /// <summary>Data of one field are all kept, recorded in one call or by several processes at one moment, and listed oldest
    /// first.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task Data_of_one_field_at_one_moment_are_all_kept(CancellationToken cancellationToken)
    {
        var (run, task) = await RegisterTaskAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<MetadataDatum> together = [.. Enumerable.Range(0, 20).Select(static i => Datum("attempt", $"{i}"))];
        await Create().RecordAsync(run, task, together, [], cancellationToken).ConfigureAwait(false);
        await Parallel.ForAsync(20, 60, cancellationToken, async (i, token)
            => await Create().RecordAsync(run, task, [Datum("attempt", $"{i}")], [], token).ConfigureAwait(false)).ConfigureAwait(false);

        var data = await Create().ListMetadataAsync(task, cancellationToken).ConfigureAwait(false);

        Expect.Sequence(
            "Data of one field are all kept, recorded in one call or by several at once.",
            Enumerable.Range(0, 60),
            data?.Select(static datum => int.Parse(datum.Text, CultureInfo.InvariantCulture)).Order());
        Expect.Sequence(
            "ListMetadataAsync returns the oldest datum first.",
            data!.Select(static datum => datum.CreatedAt).Order(),
            data!.Select(static datum => datum.CreatedAt));
    }

    /// <summary>A datum is read back with its field, type, tags and value; a value may be a list of texts.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task A_datum_keeps_its_type_its_tags_and_a_list_as_value(CancellationToken cancellationToken)
    {
        const string Promise = "A datum is read back with its field, its type, its tags and its value, a text or a list of texts.";
        var (run, task) = await RegisterTaskAsync(cancellationToken).ConfigureAwait(false);
        await Create().RecordAsync(
            run,
            task,
            [Datum("attempt_ok", "True", "internal_attempt_status"), Datum("foreach-stack", new List<string> { "a=1", "b=é" })],
            [],
            cancellationToken).ConfigureAwait(false);

        var data = await Create().ListMetadataAsync(task, cancellationToken).ConfigureAwait(false);
        Expect.Sequence(Promise, ["attempt_ok", "foreach-stack"], data?.Select(static datum => datum.Field).Order(StringComparer.Ordinal));
        var ok = data!.Single(static datum => datum.Field == "attempt_ok");
        var stack = data!.Single(static datum => datum.Field == "foreach-stack");

        Expect.Same(Promise, "internal_attempt_status", ok.Type);
        Expect.Sequence(Promise, ["attempt_id:0"], ok.Tags);
        Expect.Same<object>(Promise, "True", ok.Value);
        Expect.Sequence(Promise, ["a=1", "b=é"], Expect.Present(Promise, "a list of texts", stack.Value as IReadOnlyList<string>));
    }

    /// <summary>Without an attempt asked for, the artifacts are those of the latest attempt that was recorded as done.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task Artifacts_are_those_of_the_latest_attempt_that_is_done(CancellationToken cancellationToken)
    {
        const string Promise =
            "Artifacts are those of the latest attempt that is done, unless another is asked for, by name; none when no attempt is done.";
        var (run, task) = await RegisterTaskAsync(cancellationToken).ConfigureAwait(false);
        Expect.Sequence(Promise, [], await Create().ListArtifactsAsync(task, null, cancellationToken).ConfigureAwait(false));
        await Create().RecordAsync(
            run, task, [Datum("attempt-done", "0")], [Artifact("y", 0), Artifact("x", 0)], cancellationToken).ConfigureAwait(false);
        await Create().RecordAsync(run, task, [], [Artifact("x", 1)], cancellationToken).ConfigureAwait(false);
        await ExpectNamesAsync(["x", "y"], attempt: null).ConfigureAwait(false);

        await Create().RecordAsync(run, task, [Datum("attempt-done", "1")], [], cancellationToken).ConfigureAwait(false);

        await ExpectNamesAsync(["x"], attempt: null).ConfigureAwait(false);
        await ExpectNamesAsync(["x", "y"], attempt: 0).ConfigureAwait(false);
        var artifact = (await Create().ListArtifactsAsync(task, null, cancellationToken).ConfigureAwait(false))[0];
        const string Kept = "An artifact is read back with its attempt, its datastore, its location, its encoding and its key.";
        Expect.Same(Kept, (1, "local", ":root:/x/.metaflow"), (artifact.Attempt, artifact.DatastoreType, artifact.Location));
        Expect.Same(Kept, ("pickle-v4", new string('a', 40)), (artifact.Artifact.Encoding, artifact.Artifact.Key));

        async Task ExpectNamesAsync(string[] names, int? attempt)
        {
            var artifacts = await Create().ListArtifactsAsync(task, attempt, cancellationToken).ConfigureAwait(false);
            Expect.Sequence(Promise, names, artifacts?.Select(static artifact => artifact.Artifact.Name));
        }
    }
}
