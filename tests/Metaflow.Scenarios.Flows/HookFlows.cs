using System.Diagnostics;
using Metaflow;
using Metaflow.Decorators;

namespace Metaflow.Scenarios.Flows;

/// <summary>Stores how long a step took.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class TimerAttribute : DecoratorAttribute, IAroundStepHook
{
    public string Artifact { get; set; } = "elapsed";

    public async ValueTask<Transition?> AroundStepAsync(StepHookContext context, Func<ValueTask<Transition?>> step)
    {
        var watch = Stopwatch.StartNew();
        var transition = await step();
        context.SetArtifact(Artifact, watch.Elapsed.TotalSeconds);
        context.AddMetadata("timed-by", nameof(TimerAttribute));
        return transition;
    }
}

/// <summary>Prints what is called, and fails where it is told to.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public abstract class TraceAttribute(string name)
    : DecoratorAttribute, IBeforeStepHook, IAroundStepHook, IAfterStepHook, IStepFailureHook, ITaskFinalHook
{
    public string Fail { get; set; } = "";

    public bool Skip { get; set; }

    public bool Handle { get; set; }

    public ValueTask BeforeStepAsync(StepHookContext context)
    {
        Tell("before");
        if (Skip)
        {
            context.Skip();
        }

        return default;
    }

    public async ValueTask<Transition?> AroundStepAsync(StepHookContext context, Func<ValueTask<Transition?>> step)
    {
        Tell("around");
        return await step();
    }

    public ValueTask AfterStepAsync(StepHookContext context)
    {
        Tell("after");
        return default;
    }

    public ValueTask<bool> OnStepFailureAsync(StepHookContext context, StepFailure failure)
    {
        Tell("failure");
        return new(Handle);
    }

    public ValueTask OnTaskFinalAsync(StepHookContext context, bool succeeded)
    {
        Tell("final " + succeeded);
        return default;
    }

    private void Tell(string phase)
    {
        Console.WriteLine($"hook {name} {phase}");
        if (phase.StartsWith(Fail, StringComparison.Ordinal) && Fail.Length > 0)
        {
            throw new InvalidOperationException($"{name} fails in {phase}");
        }
    }
}

public sealed class OuterAttribute() : TraceAttribute("outer");

public sealed class InnerAttribute() : TraceAttribute("inner");

/// <summary>Has hooks whose order is looked at.</summary>
public partial class HookFlow : FlowSpec
{
    [Parameter(Default = false)]
    public partial bool Break { get; }

    public partial string Ran { get; set; }

    [Step, Outer, Inner, Timer]
    Transition Start()
    {
        Console.WriteLine("hook step");
        Ran = "yes";
        if (Break)
        {
            throw new ArgumentException("the step broke");
        }

        return Next(End);
    }

    [Step]
    void End()
    {
    }
}

/// <summary>Its hooks change what happens.</summary>
public partial class SkipFlow : FlowSpec
{
    public partial string Ran { get; set; }

    [Step]
    Transition Start()
    {
        Ran = "start";
        return Next(Skipped);
    }

    [Step, Outer(Skip = true), Inner]
    Transition Skipped()
    {
        Ran = "skipped";
        return Next(Left, Right);
    }

    [Step, Outer(Handle = true)]
    Transition Left()
    {
        Endings.Die("raise");
        return Next(Join);
    }

    [Step, Inner(Fail = "final")]
    Transition Right() => Next(Join);

    [Step, Outer(Skip = true)]
    Transition Join(Inputs<SkipFlow> inputs) => Next(Items);

    [Step]
    Transition Items() => Next(End);

    [Step, Outer(Skip = true)]
    void End() => Ran = "end";
}

/// <summary>A decorator that is asked to fail in each of its phases.</summary>
public partial class FailingHookFlow : FlowSpec
{
    [Parameter(Default = false)]
    public partial bool Split { get; }

    public partial StepFailure? Failed { get; set; }

    [Step]
    Transition Start() => Split ? Next(Fan) : Next(Work);

    [Step, Outer(Skip = true)]
    Transition Fan() => Next(Item, forEach: new[] { 1, 2 });

    [Step]
    Transition Item(int item) => Next(Join);

    [Step]
    Transition Join(Inputs<FailingHookFlow> inputs) => Next(Work);

    [Step]
    Transition Work() => Next(End);

    [Step]
    void End()
    {
    }
}

/// <summary>Adds to the environment of its tasks, forbids one, and tells of the run.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class PlannerAttribute : DecoratorAttribute, ILaunchHook, IRunStartingHook, IRunEndedHook
{
    public string Forbid { get; set; } = "";

    public void BeforeLaunch(LaunchHookContext context)
    {
        context.Environment["PLANNED_FOR"] = $"{context.Task.Step}/{context.Attempt}";
        if (context.Task.Step == Forbid)
        {
            context.Veto("It is not planned.");
        }
    }

    public ValueTask OnRunStartingAsync(RunHookContext context)
    {
        context.Say($"planned run of {context.UserName}");
        return default;
    }

    public ValueTask OnRunEndedAsync(RunHookContext context)
    {
        context.Say($"ended {context.Succeeded} with {context.OpenRun().Steps.Count} steps");
        throw new InvalidOperationException("too late to matter");
    }
}

/// <summary>Is planned.</summary>
[Planner]
public partial class PlannedFlow : FlowSpec
{
    public partial string? Seen { get; set; }

    [Step]
    Transition Start()
    {
        Seen = Environment.GetEnvironmentVariable("PLANNED_FOR");
        return Next(End);
    }

    [Step]
    void End()
    {
    }
}

/// <summary>Has a step that is not planned.</summary>
[Planner(Forbid = "end")]
public partial class ForbiddenFlow : FlowSpec
{
    [Step, Retry]
    Transition Start() => Next(End);

    [Step, Retry]
    void End()
    {
    }
}
