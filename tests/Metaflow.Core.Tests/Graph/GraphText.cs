using Metaflow.Graph;

namespace Metaflow.Core.Tests.Graph;

/// <summary>Writes graphs as text: <c>start -> a, b</c> splits, <c>start -> a | b</c> chooses, <c>start -> a * items</c> iterates,
/// <c>start -> a x 4</c> starts a gang, <c>join&lt; -> end</c> takes inputs,
/// <c>a! -> join</c> is marked as a gang's, and a name alone returns nothing.</summary>
internal static class GraphText
{
    public static FlowGraph Parse(string text) => new("TestFlow", [.. Steps(text)]);

    public static IEnumerable<StepNode> Steps(string text)
    {
        var line = 0;
        foreach (var row in text.Split(['\n', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            line++;
            var parts = row.Split("->", StringSplitOptions.TrimEntries);
            var name = parts[0].TrimEnd('<', '!');
            yield return new StepNode
            {
                Name = name,
                MethodName = name,
                Line = line,
                SourceFile = "flow.cs",
                TakesInputs = parts[0].EndsWith('<'),
                IsMarkedParallel = parts[0].EndsWith('!'),
                ReturnsNothing = parts.Length == 1,
                Transitions = parts.Length == 1 || parts[1].Length == 0
                    ? []
                    : [.. parts[1].Split('|', StringSplitOptions.TrimEntries).Select(t => Transition(t, line))],
            };
        }
    }

    private static TransitionNode Transition(string text, int line)
    {
        if (text.Split(" * ") is [var body, var artifact])
        {
            return new TransitionNode([body], artifact, false, 0, line);
        }

        return text.Split(" x ") is [var gang, var count]
            ? new TransitionNode([gang], null, true, int.Parse(count, System.Globalization.CultureInfo.InvariantCulture), line)
            : new TransitionNode([.. text.Split(',', StringSplitOptions.TrimEntries)], null, false, 0, line);
    }
}
