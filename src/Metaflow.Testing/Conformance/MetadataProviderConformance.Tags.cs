using Metaflow.Errors;

namespace Metaflow.Testing.Conformance;

public abstract partial class MetadataProviderConformance
{
    /// <summary>A change of tags removes, then adds, and touches nothing else of the run.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task Changing_tags_keeps_who_and_when(CancellationToken cancellationToken)
    {
        var run = await Create().RegisterRunAsync(NewRun(RunId), cancellationToken).ConfigureAwait(false);

        var changed = await Create().ChangeTagsAsync(
            _flow, RunId, ["new", "t1", "user:ada"], ["t2", "new"], cancellationToken).ConfigureAwait(false);

        ExpectSame(
            "ChangeTagsAsync removes, then adds; a tag that is there or a system tag is not added again, and nothing "
                + "else of the run changes.",
            run with { Tags = ["t1", "new"] },
            changed);
        ExpectSame(
            "A run is found with the tags that ChangeTagsAsync returned.",
            changed,
            await FindAsync(RunId, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Of changes that several processes make at one moment none is lost.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task Changes_of_tags_at_once_are_all_kept(CancellationToken cancellationToken)
    {
        await Create().RegisterRunAsync(NewRun(RunId) with { Tags = [] }, cancellationToken).ConfigureAwait(false);
        var options = new ParallelOptions { MaxDegreeOfParallelism = 10, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, 40, options, async (i, token)
            => await Create().ChangeTagsAsync(_flow, RunId, [$"tag{i}"], [], token).ConfigureAwait(false)).ConfigureAwait(false);

        Expect.Sequence(
            "Of simultaneous changes of tags, none is lost.",
            Enumerable.Range(0, 40).Select(static i => $"tag{i}").Order(StringComparer.Ordinal),
            (await FindAsync(RunId, cancellationToken).ConfigureAwait(false)).Tags.Order(StringComparer.Ordinal));
    }

    /// <summary>A tag has 1 to 500 characters (MF5006), a system tag stays (MF5007), a run has at most 50 user tags (MF5008), and tags are
    /// of a run that exists (MF5004).</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task Tags_that_break_a_rule_are_refused(CancellationToken cancellationToken)
    {
        var many = NewRun(RunId) with { Tags = [.. Enumerable.Range(0, 49).Select(static i => $"t{i}")] };
        await Create().RegisterRunAsync(many, cancellationToken).ConfigureAwait(false);

        await RefusalAsync("A tag is not empty.", ErrorCodes.TagMalformed, [string.Empty], []).ConfigureAwait(false);
        await RefusalAsync("A tag has at most 500 characters.", ErrorCodes.TagMalformed, [new string('x', 501)], []).ConfigureAwait(false);
        await RefusalAsync("A system tag cannot be removed.", ErrorCodes.SystemTagFixed, [], ["user:ada"]).ConfigureAwait(false);
        await RefusalAsync("A run has at most 50 user tags.", ErrorCodes.TooManyTags, ["a", "b"], []).ConfigureAwait(false);
        var full = await Create().ChangeTagsAsync(_flow, RunId, ["a", "b"], ["t0"], cancellationToken).ConfigureAwait(false);
        Expect.Same("A run may have 50 user tags.", 50, full.Tags.Count);
        await NewRunRefusalAsync(
            "A tag of a new run has at most 500 characters.", ErrorCodes.TagMalformed, [new string('x', 501)]).ConfigureAwait(false);
        await NewRunRefusalAsync(
            "A new run has at most 50 user tags.",
            ErrorCodes.TooManyTags,
            [.. Enumerable.Range(0, 51).Select(static i => $"t{i}")]).ConfigureAwait(false);
        await Expect.RefusalAsync(
            "Tags are of a run that exists.",
            ErrorCodes.ObjectNotFound,
            async () => await Create().ChangeTagsAsync(_flow, "18", ["a"], [], cancellationToken).ConfigureAwait(false)).ConfigureAwait(
                false);

        Task NewRunRefusalAsync(string promise, string code, string[] tags) => Expect.RefusalAsync(
            promise, code,
            async () => await Create().RegisterRunAsync(NewRun("nightly") with { Tags = tags }, cancellationToken).ConfigureAwait(false));

        Task RefusalAsync(string promise, string code, string[] add, string[] remove) => Expect.RefusalAsync(
            promise, code, async () => await Create().ChangeTagsAsync(_flow, RunId, add, remove, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>A name that would be more than one part of a path is refused (MF5003), wherever the records are.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task A_name_that_leads_elsewhere_is_refused(CancellationToken cancellationToken)
    {
        foreach (var name in (string[])["../F", "..", "a/b"])
        {
            await Expect.RefusalAsync(
                $"A name has no slash and is not '..', so '{name}' is invalid.",
                ErrorCodes.PathspecMalformed,
                async () => await Create().FindRunAsync(name, RunId, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        }
    }
}
