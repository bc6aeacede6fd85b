using System.Globalization;
using Metaflow.Client;

namespace Metaflow.Cli.Commands;

/// <summary>The tasks of a step that users mean by what they write in brackets: <c>[3]</c>, <c>[1,0]</c> in nested foreaches, or the item,
/// <c>["north"]</c>. Shells remove quotes, so an item may lack them.</summary>
/// <param name="Text">What stands in the brackets, without quotes.</param>
/// <param name="IsItem">Whether it was in quotes, and is an item whatever it looks like.</param>
internal sealed record ForeachPlace(string Text, bool IsItem)
{
    // Of a longer item only the beginning is kept.
    private const int LongestItem = 30;

    /// <summary>Reads what follows the name of a step.</summary>
    /// <param name="brackets">The text, from the first bracket on.</param>
    /// <returns>The place, or <see langword="null"/> when the text is none.</returns>
    public static ForeachPlace? Read(string brackets)
    {
        if (brackets is not ['[', _, .., ']'])
        {
            return null;
        }

        var text = brackets[1..^1].Replace("][", ",", StringComparison.Ordinal);
        return text is ['"', .., '"'] && text.Length > 1
            ? new ForeachPlace(text[1..^1], IsItem: true)
            : new ForeachPlace(text, IsItem: false);
    }

    /// <summary>Returns how users write the place of a task: <c>train[3]</c>; the step's name for a task in no foreach.</summary>
    public static string Of(TaskHandle task)
        => task.ForeachIndices is { Count: > 0 } indices ? $"{task.Path.Step}[{string.Join(',', indices)}]" : task.Path.Step;

    /// <summary>Returns the place of a task with its item: <c>train[3] "north"</c>.</summary>
    public static string TitleOf(TaskHandle task) => task.ForeachItem is { } item ? $"{Of(task)} \"{item}\"" : Of(task);

    /// <summary>Returns the tasks that are meant; of an outer foreach alone, all tasks in it.</summary>
    /// <param name="tasks">The tasks of a step.</param>
    public IReadOnlyList<TaskHandle> Among(IReadOnlyList<TaskHandle> tasks)
    {
        // An item may look like an index, as the years of [2023, 2024] do.
        var byIndex = IsItem || Indices() is not { } indices ? []
            : tasks.Where(task => task.ForeachIndices.Take(indices.Count).SequenceEqual(indices)).ToList();
        return byIndex.Count > 0 ? byIndex : [.. tasks.Where(task => task.ForeachItem is { } item && IsOf(item))];
    }

    private bool IsOf(string item) => item == Text
        || (item.Length >= LongestItem && Text.Length > item.Length && Text.StartsWith(item, StringComparison.Ordinal));

    private List<int>? Indices()
    {
        const NumberStyles Style = NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;
        var indices = new List<int>();
        foreach (var part in Text.Split(','))
        {
            if (!int.TryParse(part, Style, CultureInfo.InvariantCulture, out var index))
            {
                return null;
            }

            indices.Add(index);
        }

        return indices;
    }
}
