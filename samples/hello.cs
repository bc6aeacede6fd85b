#!/usr/bin/env dotnet
#:project ../src/Metaflow/Metaflow.csproj
using Metaflow;

return await FlowProgram.RunAsync<HelloFlow>(args);

/// <summary>Says hello, in three steps.</summary>
public partial class HelloFlow : FlowSpec
{
    /// <summary>Who is greeted.</summary>
    [Parameter(Default = "world")]
    public partial string Who { get; }

    public partial string Greeting { get; set; }

    [Step]
    Transition Start()
    {
        Greeting = $"Hello, {Who}!";
        return Next(Say);
    }

    [Step]
    Transition Say()
    {
        Console.WriteLine(Greeting);
        return Next(End);
    }

    [Step]
    void End() => Console.WriteLine($"Run {Current.RunId} is over.");
}
