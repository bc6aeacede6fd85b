using Metaflow.Cli.Terminal;
using Metaflow.Naming;
using Metaflow.Running;

namespace Metaflow.Cli.Views;

/// <summary>What a person calls a task: its step, its place in foreaches, and its item.</summary>
internal static class TaskLabel
{
    private const int MostOfItem = 24;
    private const int LeastOfItem = 3;
    private const int LeastOfStep = 4;

    /// <summary>Returns the label, such as <c>work[3] north</c>. Nothing in it moves the cursor.</summary>
    /// <param name="step">The step's name on disk.</param>
    /// <param name="place">Where the task is, or <see langword="null"/>.</param>
    /// <param name="signs">The signs of the terminal.</param>
    /// <param name="most">The most columns of the label: the item is cut first, then the step's name.</param>
    public static string Of(string step, TaskPlace? place, TerminalSigns signs, int most = int.MaxValue)
    {
        var indices = place?.ToString() ?? "";
        var label = TextWidth.Cut(VisibleText.Line(step), Math.Max(LeastOfStep, most - indices.Length), signs.Ellipsis) + indices;
        var room = Math.Min(MostOfItem, most - TextWidth.Of(label) - 1);
        return string.IsNullOrWhiteSpace(place?.Item) || room < LeastOfItem
            ? label
            : $"{label} {TextWidth.Cut(VisibleText.Line(place.Item), room, signs.Ellipsis)}";
    }
}
