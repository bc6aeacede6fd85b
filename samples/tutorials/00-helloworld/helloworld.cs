#!/usr/bin/env dotnet
#:project ../../../src/Metaflow/Metaflow.csproj
using Metaflow;

return await FlowProgram.RunAsync<HelloFlow>(args);

/// <summary>A flow in which Metaflow says hello. Run it to see that everything is installed.</summary>
public partial class HelloFlow : FlowSpec
{
    /// <summary>Every flow begins with a step named Start. Here, Hello follows it.</summary>
    [Step]
    Transition Start()
    {
        Console.WriteLine("HelloFlow is starting.");
        return Next(Hello);
    }

    /// <summary>Says hello.</summary>
    [Step]
    Transition Hello()
    {
        Console.WriteLine("Metaflow says: hello from my own process!");
        return Next(End);
    }

    /// <summary>Every flow ends with a step named End. It has no next step.</summary>
    [Step]
    void End() => Console.WriteLine("HelloFlow is all done.");
}
