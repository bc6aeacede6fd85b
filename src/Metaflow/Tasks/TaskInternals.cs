using System.Globalization;
using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Launching;
using Metaflow.Naming;
using Metaflow.Secrets;
using Metaflow.Serialization;

namespace Metaflow.Tasks;

/// <summary>The framework's own artifacts of an attempt (formats 1.13).</summary>
internal sealed class TaskInternals(TaskCommandLine line, IReadOnlyList<ForeachFrame> frames)
{
    /// <summary>Says what an attempt that counts as a success decided.</summary>
    /// <param name="outcome">How the author's code ended.</param>
    /// <returns>The result.</returns>
    public TaskResult ResultOf(UserCodeOutcome outcome)
    {
        var transition = outcome.Failure is null ? outcome.Transition : null;
        return new TaskResult(
            outcome.Failure is null ? transition?.Steps ?? [] : line.NextWhenCaught, outcome.Failure is null ? outcome.Items?.Count : null)
        {
            GangSize = transition?.GangSize,
            MaxParallel = transition?.MaxParallel,
            IsCaught = outcome.Failure is not null,
            Items = outcome.Failure is null ? outcome.Items?.Texts ?? [] : [],
        };
    }

    /// <summary>Makes the artifacts.</summary>
    /// <param name="outcome">How the author's code ended.</param>
    /// <param name="isCaught">Whether its failure was caught.</param>
    /// <returns>The artifacts by name on disk.</returns>
    public IReadOnlyList<KeyValuePair<string, object?>> Of(UserCodeOutcome outcome, bool isCaught)
    {
        var succeeded = outcome.Failure is null;
        var next = succeeded ? outcome.Transition?.Steps ?? [] : line.NextWhenCaught;
        var items = succeeded ? outcome.Items : null;
        var gangSize = succeeded ? outcome.Transition?.GangSize : null;
        var iterated = gangSize is null ? items?.Variable : InternalArtifacts.ParallelIterator;
        var moves = (succeeded || isCaught) && next.Count > 0;
        var failure = outcome.Failure;
        List<KeyValuePair<string, object?>> artifacts =
        [
            new(InternalArtifacts.CurrentStep, line.Step),
            new(InternalArtifacts.ForeachStack, new List<ForeachFrame>(frames)),
            new(InternalArtifacts.ForeachVar, iterated),
            new(InternalArtifacts.ForeachNumSplits, items?.Count),
            new(InternalArtifacts.IterationStack, new List<int>(line.Iterations)),
            new(InternalArtifacts.Transition, moves ? new PythonTuple(new List<string>(next), iterated) : null),
            new(InternalArtifacts.TaskOk, succeeded || isCaught),
            new(InternalArtifacts.Success, succeeded),
            new(InternalArtifacts.Exception, isCaught ? null : failure),
        ];
        if (isCaught)
        {
            artifacts.Add(new(InternalArtifacts.CatchException, failure));
        }

        AddGang(artifacts, gangSize);
        if (items is not null)
        {
            artifacts.Add(new(InternalArtifacts.ForeachValues, items.Texts is { } texts ? new List<string>(texts) : null));
        }

        if (items?.Stored is { } stored)
        {
            artifacts.Add(new(InternalArtifacts.ForeachItems, stored));
        }

        if (line.IsSwitch && moves)
        {
            artifacts.Add(new(InternalArtifacts.Condition, next[0]));
        }

        return artifacts;
    }

    private void AddGang(List<KeyValuePair<string, object?>> artifacts, int? startedSize)
    {
        if (startedSize is { } started)
        {
            artifacts.Add(new(InternalArtifacts.UnboundedForeach, true));
            artifacts.Add(new(InternalArtifacts.ParallelIterator, GangIterator.Of(started)));
        }

        if (line is { NumParallel: { } size, SplitIndex: 0 })
        {
            artifacts.Add(new(InternalArtifacts.ControlMapperTasks, MappersOf(line.Attempt > line.MaxUserCodeRetries ? 1 : size)));
            artifacts.Add(new(InternalArtifacts.ControlTaskIsMapperZero, true));
        }
    }

    /// <summary>The gang's tasks as Python Metaflow lists them, the first one first.</summary>
    private List<string> MappersOf(int count)
    {
        var mappers = new List<string>(count);
        for (var index = 0; index < count; index++)
        {
            mappers.Add($"{line.RunId}/{line.Step}/{GangMember.IdOf(line.ControlTaskId, index)}");
        }

        return mappers;
    }
}

/// <summary>Prints an author's failure as the task's last words.</summary>
internal sealed class FailureReport(TextWriter errors, TaskPath task, IReadOnlyList<ForeachFrame> frames)
{
    private const int MaxInputLength = 20;

    /// <summary>Gets what takes secrets out of the text; <see langword="null"/> when there are none.</summary>
    public SecretMask? Mask { get; init; }

    /// <summary>Prints a failure.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="error">The framework's own error among it: its message says all, so that no stack is shown.</param>
    /// <param name="handler">The <c>[Catch]</c> that handles it, or <see langword="null"/>.</param>
    public void Print(StepFailure failure, MetaflowException? error, CatchAttribute? handler)
    {
        if (handler is { PrintException: false })
        {
            return;
        }

        var prefix = handler is null ? "    " : ">  ";
        errors.WriteLine(handler is null ? $"{Name} failed:" : $"[Catch] caught an exception from {Name}");
        var text = error is not null ? $"{error.Message} [{error.Code}]" : failure.StackTrace ?? $"{failure.Type}: {failure.Message}";
        foreach (var line in (Mask?.Apply(text) ?? text).Split('\n'))
        {
            errors.WriteLine(prefix + line);
        }

        errors.Flush();
    }

    private string Name
    {
        get
        {
            if (frames.Count == 0)
            {
                return $"<flow {task.Flow} step {task.Step}>";
            }

            var indices = string.Join(',', frames.Select(static frame => frame.Index.ToString(CultureInfo.InvariantCulture)));
            var input = frames[^1].Value ?? "";
            var shown = input.Length > MaxInputLength ? input[..MaxInputLength] : input;
            return $"<flow {task.Flow} step {task.Step}[{indices}] (input: {shown})>";
        }
    }
}
