using Metaflow.Cli.Terminal;
using Metaflow.Naming;
using Metaflow.Running;

namespace Metaflow.Cli.Views;

/// <summary>What a person calls a task: its step, its place in foreaches, and its item.</summary>
internal static class TaskLabel
{
    private const int MostOfItem = 24;

    /// <summary>Returns the label, such as <c>work[3] north</c>. Nothing in it moves the cursor.</summary>
    /// <param name="step">The step's name on disk.</param>
    /// <param name="place">Where the task is, or <see langword="null"/>.</param>
    /// <param name="signs">The signs of the terminal.</param>
    public static string Of(string step, TaskPlace? place, TerminalSigns signs)
    {
        var label = VisibleText.Line(step) + place;
        return string.IsNullOrWhiteSpace(place?.Item)
            ? label
            : $"{label} {TextWidth.Cut(VisibleText.Line(place.Item), MostOfItem, signs.Ellipsis)}";
    }
}
