using System.Globalization;
using Metaflow.Running;

namespace Metaflow.Cli.Views;

/// <summary>Says in one line what a run is doing: the totals, then each step that has work.</summary>
internal sealed class StatusLine(DateTimeOffset started)
{
    private const string Spinner = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
    private readonly Dictionary<string, DateTimeOffset> _stepStarts = new(StringComparer.Ordinal);
    private IReadOnlyList<StepCount> _counts = [];

    /// <summary>Takes the numbers of tasks.</summary>
    public void Update(IReadOnlyList<StepCount> counts, DateTimeOffset now)
    {
        _counts = counts;
        foreach (var step in counts.Where(static step => step.Running > 0))
        {
            _stepStarts.TryAdd(step.Step, now);
        }
    }

    /// <summary>Returns the line.</summary>
    /// <param name="now">The time.</param>
    /// <param name="width">The columns of the terminal; the line is shorter by one, so that the cursor stays in it.</param>
    public string Text(DateTimeOffset now, int width)
    {
        var elapsed = now - started;
        var frame = Spinner[(int)(elapsed.TotalMilliseconds / 100) % Spinner.Length];
        var totals = Numbers(
            _counts.Sum(static step => step.Running), _counts.Sum(static step => step.Done), _counts.Sum(static step => step.Queued));
        var steps = _counts.Where(static step => step.Running + step.Queued > 0).Select(step => StepText(step, now));
        return Cut($"{frame} {Durations.AsClock(elapsed)} {totals} {string.Concat(steps)}".TrimEnd(), width - 1);
    }

    private string StepText(StepCount step, DateTimeOffset now)
    {
        var elapsed = _stepStarts.TryGetValue(step.Step, out var stepStarted) ? " " + Durations.AsClock(now - stepStarted) : "";
        return $"| {step.Step}{elapsed}: {Numbers(step.Running, step.Done, step.Queued)} ";
    }

    private static string Numbers(int running, int done, int queued)
    {
        var texts = new List<string>(3);
        Add(running, "running");
        Add(done, "done");
        Add(queued, "queued");
        return texts.Count == 0 ? "starting" : string.Join(", ", texts);

        void Add(int count, string state)
        {
            if (count > 0)
            {
                texts.Add(string.Create(CultureInfo.InvariantCulture, $"{count} {state}"));
            }
        }
    }

    private static string Cut(string text, int length) => length < 1 ? "" : text.Length <= length ? text : text[..(length - 1)] + "…";
}
