using Metaflow.Programs;
using Metaflow.Running;
using Metaflow.Scheduling;

namespace Metaflow.Tests;

/// <summary>Plans runs and follows the plans, as the command line does.</summary>
internal static class EngineRuns
{
    public static async Task<RunOutcome> RunAsync(
        this FlowEngine engine, RunServices services, RunRequest request, IRunObserver observer, RunInterruption interruption)
        => await new RunSession(await engine.PlanRunAsync(services, request, observer)).RunAsync(interruption);

    public static async Task<RunOutcome> ContinueAsync(
        this FlowEngine engine, RunServices services, ContinueRequest request, IRunObserver observer, RunInterruption interruption)
        => await new RunSession(await engine.PlanContinuationAsync(services, request, observer)).RunAsync(interruption);
}
