using System.Reflection;

namespace Metaflow.TaskHost;

/// <summary>A program that can be started with the dependencies of another one, to run a task of a flow in its assemblies. All else is in
/// Metaflow itself, which carries this program along and so cannot be referred to.</summary>
internal static class TaskHost
{
    private static Task<int> Main(string[] arguments)
    {
        var run = Type.GetType("Metaflow.Programs.TaskHostProgram, Metaflow", throwOnError: true)!.GetMethod(
            "RunAsync", BindingFlags.Public | BindingFlags.Static)!;
        return run.CreateDelegate<Func<string[], Task<int>>>()(arguments);
    }
}
