namespace Metaflow.Graph;

/// <summary>One way in which a step is reached.</summary>
/// <param name="From">The step before.</param>
/// <param name="Frame">The branch in which it arrives; <see langword="null"/> outside every split.</param>
internal sealed record Arrival(StepNode From, OpenBranch? Frame);

/// <summary>All the ways in which steps are reached; a loop of a switch to itself is not a new way.</summary>
internal sealed class Arrivals
{
    private readonly Dictionary<string, List<Arrival>> _byStep = [];

    public Arrivals(IEnumerable<StepFacts> reached)
    {
        foreach (var facts in reached)
        {
            for (var i = 0; i < facts.Next.Count; i++)
            {
                if (facts.Next[i] != facts.Step.Name)
                {
                    Add(facts.Next[i], new Arrival(facts.Step, facts.Leaving(i)));
                }
            }
        }
    }

    /// <summary>Returns the ways into a step.</summary>
    /// <param name="step">The step's name on disk.</param>
    /// <returns>One for each step before it; none for the first step.</returns>
    public IReadOnlyList<Arrival> At(string step) => _byStep.TryGetValue(step, out var arrivals) ? arrivals : [];

    private void Add(string step, Arrival arrival)
    {
        if (!_byStep.TryGetValue(step, out var arrivals))
        {
            _byStep[step] = arrivals = [];
        }

        arrivals.Add(arrival);
    }
}
