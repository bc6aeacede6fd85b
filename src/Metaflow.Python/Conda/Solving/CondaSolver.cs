using Metaflow.Errors;
using Metaflow.Python.Conda.Channels;
using Metaflow.Python.Conda.Matching;

namespace Metaflow.Python.Conda.Solving;

/// <summary>Finds the packages of conda that satisfy a request, without conda.</summary>
/// <param name="repodata">How the lists of channels' packages are fetched and kept.</param>
/// <param name="channels">What names of channels stand for, where a match spec names one.</param>
internal sealed class CondaSolver(RepodataOptions repodata, ChannelOptions channels)
{
    // More requirements are not tried one by one when an explanation is made shorter.
    private const int MostTried = 40;

    /// <summary>Finds packages.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The records, in the order in which they are linked, with the JSON objects of their channels.</returns>
    /// <exception cref="EnvironmentException">MF7053: a channel has no packages for the platform; MF7054: a list cannot be fetched; MF7055:
    /// a list is damaged; MF7056: nothing satisfies the request; MF7057: the lists cannot be kept.</exception>
    public async Task<IReadOnlyList<CondaRecord>> SolveAsync(CondaRequest request, CancellationToken cancellationToken)
    {
        var opened = new List<Repodata>();
        try
        {
            var lists = await OpenAsync(request, opened, cancellationToken).ConfigureAwait(false);

            // The search takes the processor, not the disk: it must not hold up whoever called.
            return await Task.Run(() => Solve(request, lists, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            opened.ForEach(static list => list.Dispose());
        }
    }

    private static IReadOnlyList<CondaRecord> Solve(
        CondaRequest request, IReadOnlyList<RankedList> lists, CancellationToken cancellationToken)
    {
        var universe = new CandidateUniverse(request, lists);
        var search = new Search(universe);
        var solution = search.Run(cancellationToken);
        if (solution is null)
        {
            throw Explain(universe, search, request, cancellationToken);
        }

        var records = solution.ToDictionary(static candidate => candidate.Package.Name, static candidate => candidate);
        return
        [
            .. InstallOrder.Of(records, static candidate => candidate.Depends!.Select(static need => need.Package.Name)).Select(WithJson),
        ];
    }

    private static CondaRecord WithJson(Candidate candidate)
        => candidate.Source is { } source ? candidate.Record!.WithJson(source.ReadJson(candidate.Position)) : candidate.Record!;

    // What has no part in the contradiction is dropped from the request, one requirement after the other.
    private static EnvironmentException Explain(
        CandidateUniverse universe, Search failed, CondaRequest request, CancellationToken cancellationToken)
    {
        var root = universe.Root;
        for (var number = root.Depends!.Length - 1; number >= 0 && request.Specs.Count <= MostTried; number--)
        {
            var all = root.Depends;
            root.Depends = [.. all[..number], .. all[(number + 1)..]];
            var search = new Search(universe);
            if (search.Run(cancellationToken) is null)
            {
                failed = search;
            }
            else
            {
                root.Depends = all;
            }
        }

        return Explanation.Of(universe, failed.Core(), failed.Clauses, request.Platform);
    }

    private async Task<IReadOnlyList<RankedList>> OpenAsync(
        CondaRequest request, List<Repodata> opened, CancellationToken cancellationToken)
    {
        var store = new RepodataStore(repodata, new TextPool());
        var ranked = RequestedChannel.AllOf(request, channels);
        var work = ranked.SelectMany(entry => PlatformsOf(entry.Channel, request.Platform).Select(platform => (Entry: entry, platform)))
            .Select(part => (part.Entry, List: store.OpenAsync(part.Entry.Channel, part.platform, cancellationToken)))
            .ToList();
        try
        {
            await Task.WhenAll(work.Select(static part => part.List)).ConfigureAwait(false);
        }
        finally
        {
            opened.AddRange(work.Where(static part => part.List.IsCompletedSuccessfully).Select(static part => part.List.Result)
                .OfType<Repodata>());
        }

        foreach (var channel in work.GroupBy(static part => part.Entry).Where(static group => group.All(part => part.List.Result is null)))
        {
            throw ChannelErrors.Missing(channel.Key.Channel, PlatformsOf(channel.Key.Channel, request.Platform));
        }

        return
        [
            .. work.Where(static part => part.List.Result is not null)
                .Select(static part => new RankedList(part.List.Result!, part.Entry.Rank, part.Entry.OnlyUrl)),
        ];
    }

    private static IEnumerable<string> PlatformsOf(CondaChannel channel, string platform)
        => channel.Platforms is { } only ? only : new[] { platform, CondaPlatforms.Noarch }.Distinct();
}
