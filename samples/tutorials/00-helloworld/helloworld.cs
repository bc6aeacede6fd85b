#!/usr/bin/env dotnet
#:project ../../../src/Metaflow/Metaflow.csproj
using Metaflow;

return await FlowProgram.RunAsync<HelloFlow>(args);

/// <summary>A flow in which Metaflow says hello. Run it to see that everything is installed.</summary>
public partial class HelloFlow : FlowSpec
{
    /// <summary>Every flow begins with a step named Start, here at once followed by Hello.</summary>
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
        Console.WriteLine("Metaflow says: hello from a process of its own!");
        return Next(End);
    }

    /// <summary>Every flow ends with a step named End, which goes nowhere.</summary>
    [Step]
    void End() => Console.WriteLine("HelloFlow is all done.");
}
