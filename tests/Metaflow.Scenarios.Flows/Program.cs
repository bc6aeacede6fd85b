using Metaflow;
using Metaflow.Scenarios.Flows;

// One program holds the flows of all scenarios; the environment says which one it is, in its task processes too.
var programs = new Dictionary<string, Func<string[], Task<int>>>
{
    [nameof(LinearFlow)] = FlowProgram.RunAsync<LinearFlow>,
    [nameof(BranchFlow)] = FlowProgram.RunAsync<BranchFlow>,
    [nameof(ForeachFlow)] = FlowProgram.RunAsync<ForeachFlow>,
    [nameof(NestedForeachFlow)] = FlowProgram.RunAsync<NestedForeachFlow>,
    [nameof(ExpressionForeachFlow)] = FlowProgram.RunAsync<ExpressionForeachFlow>,
    [nameof(EmptyForeachFlow)] = FlowProgram.RunAsync<EmptyForeachFlow>,
    [nameof(SwitchFlow)] = FlowProgram.RunAsync<SwitchFlow>,
    [nameof(LoopFlow)] = FlowProgram.RunAsync<LoopFlow>,
    [nameof(InheritedFlow)] = FlowProgram.RunAsync<InheritedFlow>,
    [nameof(RetryFlow)] = FlowProgram.RunAsync<RetryFlow>,
    [nameof(FailFlow)] = FlowProgram.RunAsync<FailFlow>,
    [nameof(CatchFlow)] = FlowProgram.RunAsync<CatchFlow>,
    [nameof(TimeoutFlow)] = FlowProgram.RunAsync<TimeoutFlow>,
    [nameof(SlowSiblingFlow)] = FlowProgram.RunAsync<SlowSiblingFlow>,
    [nameof(OutputFlow)] = FlowProgram.RunAsync<OutputFlow>,
    [nameof(SleepFlow)] = FlowProgram.RunAsync<SleepFlow>,
    [nameof(ArtifactsFlow)] = FlowProgram.RunAsync<ArtifactsFlow>,
    [nameof(ParametersFlow)] = FlowProgram.RunAsync<ParametersFlow>,
    [nameof(LoadedFlow)] = FlowProgram.RunAsync<LoadedFlow>,
    [nameof(MergeFlow)] = FlowProgram.RunAsync<MergeFlow>,
    [nameof(MergeForeachFlow)] = FlowProgram.RunAsync<MergeForeachFlow>,
    [nameof(MergeMistakesFlow)] = FlowProgram.RunAsync<MergeMistakesFlow>,
    [nameof(WrongArtifactFlow)] = FlowProgram.RunAsync<WrongArtifactFlow>,
    [nameof(HookFlow)] = FlowProgram.RunAsync<HookFlow>,
    [nameof(SkipFlow)] = FlowProgram.RunAsync<SkipFlow>,
    [nameof(FailingHookFlow)] = FlowProgram.RunAsync<FailingHookFlow>,
    [nameof(PlannedFlow)] = FlowProgram.RunAsync<PlannedFlow>,
    [nameof(ForbiddenFlow)] = FlowProgram.RunAsync<ForbiddenFlow>,
};
return await programs[Environment.GetEnvironmentVariable("SCENARIO_FLOW") ?? nameof(LinearFlow)](args);
