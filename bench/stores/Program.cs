using Metaflow;

// The flow to run: the program of a task gets the same variable.
return await (Environment.GetEnvironmentVariable("STORES_FLOW") switch
{
    "small" => FlowProgram.RunAsync<SmallFlow>(args),
    "data" => FlowProgram.RunAsync<DataFlow>(args),
    "fan" => FlowProgram.RunAsync<FanFlow>(args),
    _ => FlowProgram.RunAsync<LargeFlow>(args),
});
