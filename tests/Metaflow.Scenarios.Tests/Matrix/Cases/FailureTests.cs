using Metaflow.Scenarios.Tests.Matrix.Checking;
using Metaflow.Scenarios.Tests.Matrix.Generation;

namespace Metaflow.Scenarios.Tests.Matrix.Cases;

/// <summary>The exception that ended a task is kept with it.</summary>
internal sealed class TaskException : FailureMatrixTest
{
    public override bool Fails => true;

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "singleton-end", "throw new KeyNotFoundException(\"Something has gone wrong\");") { Required = true },
        new(2, "all"),
    ];

    public override void Check(CaseCheck check)
    {
        var kept = Assert.Single(check.Artifact("end", "_exception")).Value;
        Assert.Contains("Something has gone wrong", kept, StringComparison.Ordinal);
        if (check.Run is { } run)
        {
            var failure = run.Step("end").Task!.Exception!;
            Assert.Equal("Something has gone wrong", failure.Message);
            Assert.Equal("System.Collections.Generic.KeyNotFoundException", failure.Type);
            Assert.Contains("TaskExceptionFlow.End", failure.StackTrace, StringComparison.Ordinal);
        }
    }
}

/// <summary>A task that the operating system ends says why, and keeps what it had written.</summary>
internal sealed class DetectSegfault : FailureMatrixTest
{
    public override bool Fails => true;

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "singleton-end", """
            Console.WriteLine("Crash and burn!");
            strlen(1);
            """) { Required = true },
        new(1, "all"),
    ];

    public override string Members => "[System.Runtime.InteropServices.DllImport(\"libc\")] static extern nint strlen(nint text);";

    public override void Check(CaseCheck check)
    {
        Assert.Contains("Crash and burn!", check.Log("end", "stdout"), StringComparison.Ordinal);
        Assert.Contains("segmentation fault", check.Log("end", "stderr"), StringComparison.OrdinalIgnoreCase);
    }
}

/// <summary>A step past its limit fails, and is caught.</summary>
internal sealed class TimeoutDecorator : FailureMatrixTest
{
    public override string Members => """
        public partial bool Check { get; set; }
        public partial StepFailure? Ex { get; set; }
        """;

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "singleton-start foreach-inner", "Check = true; Thread.Sleep(5_000);")
        {
            Required = true,
            Attributes = "[Catch(Var = nameof(Ex), PrintException = false), Timeout(Seconds = 1)]",
        },
        new(1, "all"),
    ];

    public override void Check(CaseCheck check)
    {
        var slept = check.Graph.Steps.Where(step => CodeOf(check.Graph, step).Priority == 0).Select(static step => step.Name).ToList();
        Assert.NotEmpty(slept);
        foreach (var step in slept)
        {
            Assert.All(check.Artifact(step, "ex").Values, static value => Assert.Contains("MF3003", value, StringComparison.Ordinal));
            if (check.Run is { } run)
            {
                Assert.All(run.Step(step).Tasks, static task => Assert.True(task.Finished && !task.Successful));
            }
        }
    }
}
