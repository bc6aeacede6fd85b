#:project src/PluginPackage/PluginPackage.csproj
#:property PublishAot=false
using Metaflow;

return await FlowProgram.RunAsync<GreetingFlow>(args);

/// <summary>Uses the package: run --with timed, then timings.</summary>
public partial class GreetingFlow : FlowSpec
{
    [Step]
    Transition Start() => Next(End);

    [Step]
    void End() => Console.WriteLine("Hello!");
}
