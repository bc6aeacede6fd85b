using System.Globalization;
using Metaflow.Cli.Terminal;
using Metaflow.Naming;

namespace Metaflow.Cli.Views;

/// <summary>Says in one line how a step is getting on, or what became of it.</summary>
/// <param name="signs">The signs of the terminal.</param>
internal sealed class StepLine(TerminalSigns signs)
{
    private const int LongestName = 24;

    /// <summary>Returns the line of a step that has work. It is never wider than the columns.</summary>
    /// <param name="step">The step.</param>
    /// <param name="nameWidth">The columns of the longest name.</param>
    /// <param name="columns">The columns that there are.</param>
    /// <param name="now">The time.</param>
    public IReadOnlyList<StyledText> Live(StepState step, int nameWidth, int columns, DateTimeOffset now)
    {
        var spinner = ProgressBar.Spinner(signs, now);
        var name = Name(step, nameWidth, columns);
        var count = HowFar(step);
        var clock = step.Started is { } started ? Durations.AsClock(now - started) : "";
        var states = States(step);
        var said = Said(step);

        // What is worth least goes first: the bar's length, what the step says, then the end of the line.
        var fixedWidth = 2 + TextWidth.Of(name) + 1 + count.Length + Part(states) + Part(clock);
        var bar = Math.Min(ProgressBar.Longest, columns - fixedWidth - 1 - Math.Min(Part(said), columns / 4));
        bar = bar < ProgressBar.Shortest ? 0 : bar;
        var room = columns - fixedWidth - (bar > 0 ? bar + 1 : 0) - 2;
        said = room > 3 ? TextWidth.Cut(said, room, signs.Ellipsis) : "";
        List<StyledText> line = [new($"{spinner} ", TextStyle.Status), $"{name} "];
        if (bar > 0)
        {
            line.AddRange(ProgressBar.Of(signs, step.Fraction, bar, step.Count.Failed > 0 ? TextStyle.Failure : TextStyle.Status));
            line.Add(" ");
        }

        line.Add(count);
        line.Add(states.Length > 0 ? "  " + states : "");
        line.Add(said.Length > 0 ? "  " + said : "");
        line.Add(new(clock.Length > 0 ? "  " + clock : "", TextStyle.Faint));
        return ProgressBar.Cut(line, columns, signs);
    }

    /// <summary>Returns the line of several steps for which there is no room.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="columns">The columns that there are.</param>
    public IReadOnlyList<StyledText> Folded(IReadOnlyList<StepState> steps, int columns)
    {
        var states = Join(
            (steps.Sum(static step => step.Count.Running), "running"), (steps.Sum(static step => step.Count.Retrying), "retrying"),
            (steps.Sum(static step => step.Count.Queued), "queued"), (steps.Sum(static step => step.Count.Failed), "failed"));
        var text = string.Create(CultureInfo.InvariantCulture, $"{signs.Ellipsis} {steps.Count} more steps");
        return ProgressBar.Cut([new(states.Length > 0 ? $"{text}: {states}" : text, TextStyle.Faint)], columns, signs);
    }

    /// <summary>Returns the line that stays of a step.</summary>
    /// <param name="step">The step; it is over.</param>
    /// <param name="nameWidth">The columns of the longest name.</param>
    /// <param name="columns">The columns that there are, by which long names are cut.</param>
    public IReadOnlyList<StyledText> Last(StepState step, int nameWidth, int columns)
    {
        var count = step.Count;
        var (sign, style) = count.Failed > 0 ? (signs.Failure, TextStyle.Failure)
            : count.Done >= count.Total ? (signs.Success, TextStyle.Success)
            : (signs.Stop, TextStyle.Warning);
        var tasks = count.Done < count.Total
            ? string.Create(CultureInfo.InvariantCulture, $"{count.Done} of {HowMany(count.Total)}")
            : HowMany(count.Done);
        var ended = step.Started is { } started && step.Ended is { } end ? $" in {Durations.Taken(end - started)}" : "";
        var allCloned = count.Cloned > 0 && count.Cloned == count.Done;
        var more = Join(
            (step.Retried.Count, "retried"), (count.Caught, "caught"), (allCloned ? 0 : count.Cloned, "cloned"), (count.Failed, "failed"));
        return
        [
            new(sign, style),
            $" {Name(step, nameWidth, columns)} {tasks}{(allCloned ? " cloned" : "")}{ended}{(more.Length > 0 ? ", " : "")}{more}",
        ];
    }

    /// <summary>Returns numbers with what they count, without those that are 0.</summary>
    /// <param name="numbers">The numbers.</param>
    public static string Join(params ReadOnlySpan<(int Number, string What)> numbers)
    {
        var texts = new List<string>();
        foreach (var (number, what) in numbers)
        {
            if (number > 0)
            {
                texts.Add(string.Create(CultureInfo.InvariantCulture, $"{number} {what}"));
            }
        }

        return string.Join(", ", texts);
    }

    /// <summary>Returns a number of tasks in words.</summary>
    /// <param name="tasks">The number.</param>
    public static string HowMany(int tasks) => tasks == 1 ? "1 task" : string.Create(CultureInfo.InvariantCulture, $"{tasks} tasks");

    private static int Part(string text) => text.Length == 0 ? 0 : TextWidth.Of(text) + 2;

    private static string HowFar(StepState step)
    {
        var count = step.Count;
        return count.Total == 1 && step.Latest is { Fraction: { } fraction }
            ? Math.Floor(fraction * 100).ToString("0", CultureInfo.InvariantCulture) + "%"
            : string.Create(CultureInfo.InvariantCulture, $"{count.Done}/{count.Total}{(count.IsTotalExact ? "" : "+")}");
    }

    private static string States(StepState step)
    {
        var count = step.Count;
        return Join(
            (count.Total == 1 && count.IsTotalExact ? 0 : count.Running, "running"), (count.Retrying, "retrying"),
            (count.Running == 0 ? count.Queued : 0, "queued"), (count.Failed, "failed"));
    }

    private static string Said(StepState step)
    {
        if (step.Latest is not { Text: { Length: > 0 } text } latest)
        {
            return "";
        }

        var place = latest.Place is { } inForeach && step.Count.Total > 1 ? inForeach + " " : "";
        return place + VisibleText.Line(text);
    }

    private string Name(StepState step, int nameWidth, int columns)
    {
        var width = Math.Min(nameWidth, Math.Min(LongestName, Math.Max(4, columns / 3)));
        return TextWidth.Cut(VisibleText.Line(step.Name), width, signs.Ellipsis).PadRight(width);
    }
}
