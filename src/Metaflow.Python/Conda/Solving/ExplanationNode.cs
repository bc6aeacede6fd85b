namespace Metaflow.Python.Conda.Solving;

/// <summary>A line of an explanation, with the lines below it.</summary>
/// <param name="Text">The line.</param>
internal sealed record ExplanationNode(string Text)
{
    /// <summary>Gets the lines below it.</summary>
    public List<ExplanationNode> Children { get; } = [];

    /// <summary>Returns the lines below this one as a tree.</summary>
    /// <param name="most">How many lines there may be.</param>
    /// <returns>The lines.</returns>
    public IReadOnlyList<string> Lines(int most)
    {
        var lines = new List<string>();
        Add(lines, "");
        return lines.Count <= most ? lines : [.. lines.Take(most - 1), $"… and {lines.Count - most + 1} lines more"];
    }

    private void Add(List<string> lines, string indent)
    {
        for (var index = 0; index < Children.Count; index++)
        {
            var isLast = index == Children.Count - 1;
            lines.Add($"{indent}{(isLast ? "└─" : "├─")} {Children[index].Text}");
            Children[index].Add(lines, $"{indent}{(isLast ? "   " : "│  ")}");
        }
    }
}
