using Metaflow.Python.Conda.Matching;

namespace Metaflow.Python.Conda.Solving;

/// <summary>Puts records in the order in which they are linked: what a package needs comes before it, and Python before all that has a part
/// in a circle with it.</summary>
internal static class InstallOrder
{
    private const string Python = "python";

    /// <summary>Puts records in order. The order does not depend on that of the argument.</summary>
    /// <param name="records">The records, one of each name.</param>
    /// <param name="needs">The names of what a record needs.</param>
    /// <typeparam name="T">What carries a record.</typeparam>
    /// <returns>The records.</returns>
    public static IReadOnlyList<T> Of<T>(IReadOnlyDictionary<string, T> records, Func<T, IEnumerable<string>> needs)
    {
        var state = new State<T>(records, needs);
        foreach (var name in records.Keys.Order(StringComparer.Ordinal))
        {
            state.Visit(name);
        }

        return [.. state.Ordered.Select(name => records[name])];
    }

    /// <summary>Returns the names of what a record needs.</summary>
    /// <param name="record">The record.</param>
    /// <returns>The names; what cannot be read is passed over.</returns>
    public static IEnumerable<string> NeedsOf(CondaRecord record)
        => record.Depends.Select(static text => MatchSpec.TryParse(text, out var spec, out _) ? spec.Name : "");

    /// <summary>Finds circles (Tarjan): their members come together, in the order of the first visit.</summary>
    private sealed class State<T>(IReadOnlyDictionary<string, T> records, Func<T, IEnumerable<string>> needs)
    {
        private readonly Dictionary<string, (int Index, int Low)> _numbers = new(StringComparer.Ordinal);
        private readonly List<string> _stack = [];
        private readonly HashSet<string> _onStack = new(StringComparer.Ordinal);

        public List<string> Ordered { get; } = [];

        // Chains of dependencies are short, but a channel may have any: the visits are kept on a stack.
        public void Visit(string start)
        {
            if (_numbers.ContainsKey(start))
            {
                return;
            }

            var visits = new Stack<(string Name, IEnumerator<string> Needs)>();
            Enter(start, visits);
            while (visits.TryPeek(out var visit))
            {
                if (!visit.Needs.MoveNext())
                {
                    visits.Pop();
                    Leave(visit.Name, visits);
                }
                else if (!_numbers.TryGetValue(visit.Needs.Current, out var known))
                {
                    Enter(visit.Needs.Current, visits);
                }
                else if (_onStack.Contains(visit.Needs.Current))
                {
                    Lower(visit.Name, known.Index);
                }
            }
        }

        private void Enter(string name, Stack<(string Name, IEnumerator<string> Needs)> visits)
        {
            _numbers[name] = (_numbers.Count, _numbers.Count);
            _stack.Add(name);
            _onStack.Add(name);
            var ordered = needs(records[name]).Where(records.ContainsKey).Distinct().Order(StringComparer.Ordinal).ToList();
            visits.Push((name, ordered.GetEnumerator()));
        }

        private void Leave(string name, Stack<(string Name, IEnumerator<string> Needs)> visits)
        {
            var (index, low) = _numbers[name];
            if (visits.TryPeek(out var parent))
            {
                Lower(parent.Name, low);
            }

            if (low == index)
            {
                var start = _stack.IndexOf(name);
                var circle = _stack.GetRange(start, _stack.Count - start);
                _stack.RemoveRange(start, circle.Count);
                _onStack.ExceptWith(circle);

                // What was visited last is needed first.
                circle.Reverse();
                Ordered.AddRange(circle.OrderBy(static member => member == Python ? 0 : 1));
            }
        }

        private void Lower(string name, int low)
        {
            var (index, old) = _numbers[name];
            _numbers[name] = (index, Math.Min(old, low));
        }
    }
}
