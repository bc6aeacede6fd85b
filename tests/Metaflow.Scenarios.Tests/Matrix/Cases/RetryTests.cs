using Metaflow.Scenarios.Tests.Matrix.Checking;
using Metaflow.Scenarios.Tests.Matrix.Generation;

namespace Metaflow.Scenarios.Tests.Matrix.Cases;

/// <summary>What tests of attempts have in common: which steps fail how often, and what is left of it.</summary>
internal abstract class AttemptsMatrixTest : FailureMatrixTest
{
    public override string Members => """
        public partial int TestAttempt { get; set; }
        public partial bool Invisible { get; set; }
        public partial bool ThisIsSplit { get; set; }
        public partial bool Here { get; set; }
        public partial int RetryWithCatch { get; set; }
        public partial StepFailure? Ex { get; set; }
        public partial StepFailure? EndEx { get; set; }
        [System.Runtime.InteropServices.DllImport("libc")] static extern int kill(int process, int signal);
        """;

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "start", """
            TestAttempt = Current.Attempt;
            Console.Write($"stdout testing logs {TestAttempt}\n");
            Console.Error.Write($"stderr testing logs {TestAttempt}\n");
            if (TestAttempt < 3) { Invisible = true; throw new TestRetry(); }
            """) { Attributes = "[Retry(Times = 3)]" },
        new(0, "foreach-split parallel-split", "if (Current.Attempt < 2) { throw new TestRetry(); } ThisIsSplit = true;")
        {
            Attributes = "[Retry(Times = 2)]",
        },
        new(0, "join", "if (Current.Attempt < 2) { throw new TestRetry(); } TestAttempt = inputs[0].TestAttempt;")
        {
            Attributes = "[Retry(Times = 2)]",
        },
        new(0, "end", """
            Expect.Equal(3, TestAttempt);
            Here = true;
            throw new System.Net.Sockets.SocketException(111, "catch me!");
            """) { Attributes = "[Catch(Var = nameof(EndEx), PrintException = false)]", Required = true },
        new(1, "all", Death) { Attributes = "[Catch(Var = nameof(Ex), PrintException = false), Retry(Times = 2)]" },
    ];

    /// <summary>Gets how every other step fails.</summary>
    protected abstract string Death { get; }

    /// <summary>Gets the type of the failure that is caught in them.</summary>
    protected abstract string Caught { get; }

    /// <summary>Gets how often they are tried.</summary>
    protected abstract int Tries { get; }

    public override void Check(CaseCheck check)
    {
        Assert.Contains("stdout testing logs 3\n", check.Log("start", "stdout"), StringComparison.Ordinal);
        Assert.Contains("stderr testing logs 3\n", check.Log("start", "stderr"), StringComparison.Ordinal);
        Assert.DoesNotContain("logs 2\n", check.Log("start", "stdout"), StringComparison.Ordinal);
        check.Has("start", "test_attempt", 3);
        check.Lacks("start", "invisible");
        check.Has("end", "test_attempt", 3);
        Assert.Contains("catch me!", Assert.Single(check.Artifact("end", "end_ex")).Value, StringComparison.Ordinal);
        check.Has("end", "here", true);
        foreach (var step in check.Graph.Steps.Where(static step => step.Name is not ("start" or "end")))
        {
            CheckStep(check, step);
        }

        if (check.Run is { } run)
        {
            CheckAttempts(check, run);
        }
    }

    // A failure of the process is handled by the first task of a gang alone.
    private static bool IsWorker(CaseCheck check, Metaflow.Client.TaskHandle task)
        => check.Graph.IsGang(task.Step.Name) && !task.Step.ControlTasks.Any(control => control.Id == task.Id);

    private void CheckStep(CaseCheck check, GraphStep step)
    {
        if (step.Kind is "foreach" or "parallel")
        {
            check.Has(step.Name, "this_is_split", true);
        }
        else if (!step.Join)
        {
            var caught = check.Artifact(step.Name, "ex").Values;
            Assert.NotEmpty(caught);
            Assert.All(caught, value => Assert.Contains(Caught, value, StringComparison.Ordinal));
        }
    }

    private void CheckAttempts(CaseCheck check, Metaflow.Client.RunHandle run)
    {
        foreach (var task in run.Tasks)
        {
            var step = check.Graph[task.Step.Name];
            var tries = step.Name == "start"
                ? 4
                : step.Name == "end"
                ? 1
                : step.Join || step.Kind is "foreach" or "parallel" || IsWorker(check, task)
                ? 3
                : Tries;
            var recorded = task.Metadata.Where(static datum => datum.Field == "attempt").Select(static datum => datum.Text);
            Assert.Equal(Enumerable.Range(0, tries).Select(static attempt => $"{attempt}"), recorded.Order());
        }

        var end = run.Step("end").Task!;
        Assert.Null(end.Exception);
        Assert.True(end.Finished);
        Assert.False(end.Successful);
        var caught = end.Data.Get<StepFailure>("end_ex");
        Assert.Equal("catch me!", caught.Message);
        Assert.Equal("System.Net.Sockets.SocketException", caught.Type);
    }
}

/// <summary>Steps that raise: tried again, and caught in the last attempt.</summary>
internal sealed class CatchRetry : AttemptsMatrixTest
{
    protected override string Death => "RetryWithCatch = Current.Attempt; throw new TestRetry();";

    protected override string Caught => "TestRetry";

    protected override int Tries => 3;

    public override void Check(CaseCheck check)
    {
        base.Check(check);
        foreach (var step in check.Graph.Steps.Where(step => CodeOf(check.Graph, step).Priority == 1))
        {
            check.Has(step.Name, "retry_with_catch", 2);
        }
    }
}

/// <summary>Steps whose process is killed: tried again, and caught in an attempt more.</summary>
internal sealed class TagCatch : AttemptsMatrixTest
{
    protected override string Death => "kill(Environment.ProcessId, 9); Thread.Sleep(10_000);";

    protected override string Caught => "FailureHandledByCatch";

    protected override int Tries => 4;
}
