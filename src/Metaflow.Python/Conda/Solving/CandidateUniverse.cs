using Metaflow.Python.Conda.Channels;
using Metaflow.Python.Conda.Matching;

namespace Metaflow.Python.Conda.Solving;

/// <summary>All candidates, read by name when they are needed.</summary>
/// <remarks>Not for several threads at once.</remarks>
internal sealed class CandidateUniverse
{
    private readonly CondaRequest _request;
    private readonly IReadOnlyList<RankedList> _lists;
    private readonly Dictionary<string, CandidatePackage> _packages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Requirement? Requirement, string Problem)> _requirements = new(StringComparer.Ordinal);
    private readonly List<Candidate> _candidates = [];

    // Records of one package of which none is better than the others have the same number.
    private readonly List<int> _ties = [];

    /// <summary>Initializes the candidates of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="lists">The lists of its channels' packages, the preferred one first.</param>
    public CandidateUniverse(CondaRequest request, IReadOnlyList<RankedList> lists)
    {
        _request = request;
        _lists = lists;
        var package = PackageOf("");
        Root = new Candidate(0, package, 0) { Constrains = [] };
        package.Candidates = [Root];
        _candidates.Add(Root);
        _ties.Add(0);
        Root.Depends = [.. request.Specs.Select(spec => new Requirement(spec, spec.ToString(), PackageOf(spec.Name)))];
        foreach (var property in request.VirtualPackages)
        {
            Load(PackageOf(property.Name));
        }
    }

    /// <summary>Gets the request as a candidate: the number 0.</summary>
    public Candidate Root { get; }

    /// <summary>Gets all candidates that were read, by their numbers.</summary>
    public IReadOnlyList<Candidate> Candidates => _candidates;

    /// <summary>Gets how many packages are known by name.</summary>
    public int PackageCount => _packages.Count;

    /// <summary>Gets the names of all packages of all channels.</summary>
    public IEnumerable<string> Names => _lists.SelectMany(static list => list.List.Names).Distinct(StringComparer.Ordinal);

    /// <summary>Gets the virtual packages.</summary>
    public IReadOnlyList<VirtualPackage> VirtualPackages => _request.VirtualPackages;

    /// <summary>Says whether two candidates of a package differ only in what <see cref="CandidateOrder.Refine"/> compares.</summary>
    /// <param name="one">A candidate.</param>
    /// <param name="two">Another one.</param>
    /// <returns>Whether they do.</returns>
    public bool IsTie(Candidate one, Candidate two) => _ties[one.Id] == _ties[two.Id];

    /// <summary>Says whether a candidate satisfies what the request says of its name.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <returns>Whether it does; also if the request does not name it.</returns>
    public bool IsAskedFor(Candidate candidate)
    {
        foreach (var requirement in Root.Depends!)
        {
            if (requirement.Package == candidate.Package && !requirement.IsMatch(candidate))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reads the candidates of a package, unless they are read.</summary>
    /// <param name="package">The package.</param>
    public void Load(CandidatePackage package)
    {
        if (package.Candidates is not null)
        {
            return;
        }

        if (VirtualPackageNames.Contains(package.Name))
        {
            package.Candidates = [.. _request.VirtualPackages.Where(property => property.Name == package.Name).Take(1).Select(
                property => Added(new Candidate(_candidates.Count, package, 0) { Virtual = property, Depends = [], Constrains = [] }, 0))];
            return;
        }

        var found = Find(package);
        found.Sort(static (one, two) => Compare(one, two) is var order && order != 0
            ? order
            : CandidateOrder.CompareLast(one.Record, two.Record));
        package.Candidates = new Candidate[found.Count];
        var tie = _candidates.Count;
        for (var index = 0; index < found.Count; index++)
        {
            var entry = found[index];
            tie = index > 0 && Compare(found[index - 1], entry) == 0 ? tie : _candidates.Count;
            package.Candidates[index] = Added(
                new Candidate(_candidates.Count, package, index)
                {
                    Record = entry.Record,
                    Source = entry.List,
                    Position = entry.Position,
                },
                tie);
        }
    }

    /// <summary>Reads what a candidate needs, unless it is read.</summary>
    /// <param name="candidate">The candidate.</param>
    public void Read(Candidate candidate)
    {
        candidate.Depends ??= Requirements(candidate, candidate.Record!.Depends);
        candidate.Constrains ??= Requirements(candidate, candidate.Record!.Constrains);
    }

    /// <summary>Returns the package of a name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The package; its candidates may not be read yet.</returns>
    public CandidatePackage PackageOf(string name)
    {
        if (!_packages.TryGetValue(name, out var package))
        {
            _packages[name] = package = new CandidatePackage(_packages.Count, name);
        }

        return package;
    }

    private static int Compare(Found one, Found two)
    {
        var preferred = two.IsPreferred.CompareTo(one.IsPreferred);
        return preferred != 0 ? preferred : CandidateOrder.Compare(one.Record, one.Rank, two.Record, two.Rank);
    }

    private Candidate Added(Candidate candidate, int tie)
    {
        _candidates.Add(candidate);
        _ties.Add(tie);
        return candidate;
    }

    private Requirement[] Requirements(Candidate candidate, IReadOnlyList<string> texts)
    {
        var requirements = new List<Requirement>(texts.Count);
        foreach (var text in texts)
        {
            if (!_requirements.TryGetValue(text, out var known))
            {
                known = MatchSpec.TryParse(text, out var spec, out var problem)
                    ? (new Requirement(spec, text, PackageOf(spec.Name)), "")
                    : (null, problem);
                _requirements[text] = known;
            }

            if (known.Requirement is { } requirement)
            {
                requirements.Add(requirement);
            }
            else
            {
                candidate.Problem ??= $"it asks for '{text}', which cannot be read: {known.Problem}";
            }
        }

        return [.. requirements];
    }

    private List<Found> Find(CandidatePackage package)
    {
        var name = package.Name;
        if (_request.Locked.FirstOrDefault(record => record.Name == name) is { } locked)
        {
            return [WithSource(new Found(locked, null, default, 0, IsPreferred: true))];
        }

        var asked = _request.Specs.Where(spec => spec.Name == name && spec.Channel is not null).ToList();
        var found = new List<Found>();
        var first = -1;
        foreach (var list in _lists)
        {
            foreach (var (record, position) in list.List.Contains(name) ? list.List.Load(name) : [])
            {
                if (Reason(list, record, asked, ref first) is { } reason)
                {
                    package.Excluded.Add((record, reason));
                }
                else
                {
                    var rank = _request.Priority == ChannelPriority.Flexible ? list.Rank : 0;
                    found.Add(new Found(record, list.List, position, rank, IsPreferred(record)));
                }
            }
        }

        var urls = found.Select(static entry => entry.Record.Url).ToHashSet(StringComparer.Ordinal);
        found.AddRange(_request.Preferred.Concat(_request.Known)
            .Where(record => record.Name == name && urls.Add(record.Url))
            .Select(record => new Found(record, null, default, 0, IsPreferred(record))));
        return found;
    }

    // Returns why a record must not be used.
    private string? Reason(RankedList list, CondaRecord record, List<MatchSpec> asked, ref int first)
    {
        if (list.OnlyUrl is { } url && record.Url != url)
        {
            return "only one of the channel's files was asked for";
        }

        if (asked.Count > 0 && !asked.Exists(spec => spec.MatchesChannel(record)))
        {
            return $"it is in the channel '{record.Channel}', and was asked for from '{asked[0].Channel}'";
        }

        if (_request.Priority != ChannelPriority.Strict || list.OnlyUrl is not null)
        {
            return null;
        }

        first = first < 0 ? list.Rank : first;
        return first == list.Rank
            ? null
            : $"it is in the channel '{record.Channel}', and '{NameOf(first)}', which comes first, has the package too (strict channel "
                + "priority)";
    }

    private string NameOf(int rank) => _lists.First(list => list.Rank == rank).List.Channel.Name;

    private bool IsPreferred(CondaRecord record) => _request.Preferred.Any(preferred => preferred.Url == record.Url);

    // The JSON of a locked record is that of its channel, if the channel still has it.
    private Found WithSource(Found locked)
    {
        if (!locked.Record.Json.IsEmpty)
        {
            return locked;
        }

        foreach (var list in _lists.Where(list => list.List.Contains(locked.Record.Name)))
        {
            foreach (var (record, position) in list.List.Load(locked.Record.Name))
            {
                if (record.Url == locked.Record.Url)
                {
                    return locked with { List = list.List, Position = position };
                }
            }
        }

        return locked;
    }
}
