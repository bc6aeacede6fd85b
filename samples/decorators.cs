#!/usr/bin/env dotnet
#:project ../src/Metaflow/Metaflow.csproj
using System.Diagnostics;
using Metaflow;
using Metaflow.Decorators;

return await FlowProgram.RunAsync<DecoratedFlow>(args);

/// <summary>Stores how long a step took.</summary>
public sealed class MyTimerAttribute : DecoratorAttribute, IAroundStepHook
{
    public string Artifact { get; set; } = "elapsed_seconds";

    public async ValueTask<Transition?> AroundStepAsync(StepHookContext context, Func<ValueTask<Transition?>> step)
    {
        var watch = Stopwatch.StartNew();
        var transition = await step();
        context.SetArtifact(Artifact, watch.Elapsed.TotalSeconds);
        return transition;
    }
}

/// <summary>Skips a step unless an environment variable is set.</summary>
public sealed class OnlyWithAttribute(string variable) : DecoratorAttribute, IBeforeStepHook
{
    public string Variable { get; } = variable;

    public ValueTask BeforeStepAsync(StepHookContext context)
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
        {
            Console.WriteLine($"{context.Step} is skipped: {Variable} is not set");
            context.Skip();
        }

        return default;
    }
}

/// <summary>Adds retries to every step that has none.</summary>
public sealed class HardenAttribute : FlowDecoratorAttribute, IFlowMutator
{
    public void Mutate(FlowEditor flow)
    {
        foreach (var step in flow.Steps)
        {
            step.Add(new RetryAttribute { Times = 2 });
        }
    }
}

/// <summary>Uses its own decorators.</summary>
[Harden]
public partial class DecoratedFlow : FlowSpec
{
    public partial double ElapsedSeconds { get; set; }

    public partial string Report { get; set; }

    [Step, MyTimer]
    Transition Start()
    {
        if (Current.Attempt == 0)
        {
            throw new InvalidOperationException("the first attempt always fails");
        }

        Report = "short";
        return Next(Enlarge);
    }

    [Step, OnlyWith("LONG_REPORT")]
    Transition Enlarge()
    {
        Report = "long";
        return Next(End);
    }

    [Step]
    void End() => Console.WriteLine($"the {Report} report took {(ElapsedSeconds < 60 ? "less" : "more")} than a minute");
}
