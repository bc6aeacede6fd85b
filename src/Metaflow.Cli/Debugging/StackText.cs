using System.Globalization;
using Metaflow.Naming;

namespace Metaflow.Cli.Debugging;

/// <summary>Writes stacks for people: threads with the author's code whole, the others as a number.</summary>
internal static class StackText
{
    /// <summary>Returns the lines.</summary>
    /// <param name="stacks">The stacks.</param>
    /// <param name="isAll">Whether threads without the author's code are written as well.</param>
    public static IEnumerable<string> Lines(ProcessStacks stacks, bool isAll)
    {
        var shown = stacks.Threads.Where(thread => isAll || thread.IsOfAuthor).ToList();
        foreach (var thread in shown)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"Thread {thread.Id}:");
            foreach (var line in Frames(isAll ? thread.Frames : thread.WithoutCallers()))
            {
                yield return line;
            }
        }

        foreach (var chain in stacks.Awaiting)
        {
            yield return "Waiting, on no thread:";
            foreach (var line in Frames(chain))
            {
                yield return line;
            }
        }

        var others = stacks.Threads.Count - shown.Count;
        if (others > 0)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{others} {(others == 1 ? "thread runs" : "threads run")} only code of the framework.");
        }
    }

    private static IEnumerable<string> Frames(IReadOnlyList<StackedFrame> frames)
        => frames.Select(static frame => VisibleText.Line($"   at {frame.Method}{(frame.Place is { } place ? $" in {place}" : "")}"));
}
