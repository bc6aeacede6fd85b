using System.Globalization;
using Metaflow.Artifacts;
using Metaflow.Joins;
using Metaflow.Launching;

namespace Metaflow.Tasks;

/// <summary>The foreaches that a task is in, derived from those of its input.</summary>
internal static class TaskFrames
{
    private const int MaxStackText = 256;

    /// <summary>Derives the frames of a task: those of its input, one more after a foreach, one less after its join.</summary>
    /// <param name="line">What the task was told.</param>
    /// <param name="input">The task's first input.</param>
    /// <returns>The frames, outermost first.</returns>
    public static IReadOnlyList<ForeachFrame> Derive(TaskCommandLine line, TaskArtifacts input)
    {
        List<ForeachFrame> inherited = input.Contains(InternalArtifacts.ForeachStack)
            ? input.Load<List<ForeachFrame>>(InternalArtifacts.ForeachStack)
            : [];
        if (line.Join == JoinKind.Foreach)
        {
            return [.. inherited.Take(inherited.Count - 1)];
        }

        return line.SplitIndex is { } index ? [.. inherited, NewFrame(line.Step, index, input, line.NumParallel is not null)] : inherited;
    }

    /// <summary>Returns the frames as metadata <c>foreach-execution-path</c> has them: <c>body:1,inner:2</c>.</summary>
    /// <param name="frames">The frames.</param>
    /// <returns>The text.</returns>
    public static string ExecutionPath(IReadOnlyList<ForeachFrame> frames)
        => string.Join(',', frames.Select(static frame => string.Create(CultureInfo.InvariantCulture, $"{frame.Step}:{frame.Index}")));

    /// <summary>Returns the frames as metadata <c>foreach-stack</c> has them: <c>items=y</c>, up to 256 characters in all.</summary>
    /// <param name="frames">The frames.</param>
    /// <returns>The texts.</returns>
    public static IReadOnlyList<string> StackTexts(IReadOnlyList<ForeachFrame> frames)
    {
        var texts = new List<string>();
        var total = 0;
        foreach (var frame in frames)
        {
            var text = $"{frame.Var}={frame.Value}";
            total += text.Length;
            if (string.IsNullOrEmpty(frame.Value) || total > MaxStackText)
            {
                break;
            }

            texts.Add(text);
        }

        return texts;
    }

    private static ForeachFrame NewFrame(string step, int index, TaskArtifacts split, bool isGang)
    {
        if (isGang)
        {
            return new ForeachFrame(step, InternalArtifacts.ParallelIterator, null, index, null);
        }

        var variable = split.LoadPlain(InternalArtifacts.ForeachVar) as string ?? InternalArtifacts.ForeachItems;
        var count = split.LoadPlain(InternalArtifacts.ForeachNumSplits) as long?;
        var values = split.Contains(InternalArtifacts.ForeachValues)
            ? split.LoadPlain(InternalArtifacts.ForeachValues) as IReadOnlyList<object?>
            : null;
        return new ForeachFrame(step, variable, count, index, values is not null && index < values.Count ? values[index] as string : null);
    }
}
