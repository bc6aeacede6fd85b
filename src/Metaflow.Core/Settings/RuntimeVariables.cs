using System.Runtime.CompilerServices;
using Metaflow.Platform;

namespace Metaflow.Settings;

/// <summary>What makes the runtime of a task start faster: variables that the launcher gives to the process and that the process takes out
/// of its environment again before the step runs, so that nothing that the step starts has them.</summary>
/// <remarks>Only what never slows a step is given: the runtime reads it when it starts and makes the same code afterwards. What the author
/// set stays.</remarks>
internal static class RuntimeVariables
{
    /// <summary>Names what was given, separated by commas, so that the task does not remove what the author set.</summary>
    public const string Given = "METAFLOW_RUNTIME_VARIABLES";

    // Compiled code is written through a second mapping of its memory, which costs 5 to 6 % of a short task. It has no switch in
    // runtimeconfig.json.
    private const string Name = "DOTNET_EnableWriteXorExecute";
    private const string FormerName = "COMPlus_EnableWriteXorExecute";

    /// <summary>Adds them, unless the author says otherwise.</summary>
    /// <param name="environment">The environment of a process to start, which has the variables that are the author's.</param>
    public static void AddTo(IDictionary<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        environment.Remove(Given);
        if (OperatingSystem.IsLinux() && RuntimeFeature.IsDynamicCodeCompiled && !environment.ContainsKey(Name)
            && !environment.ContainsKey(FormerName))
        {
            environment[Name] = "0";
            environment[Given] = Name;
        }
    }

    /// <summary>Takes them out of the environment of this process.</summary>
    public static void Take()
    {
        if (Environment.GetEnvironmentVariable(Given) is not { } given)
        {
            return;
        }

        foreach (var name in given.Split(','))
        {
            ProcessEnvironment.Remove(name);
        }

        ProcessEnvironment.Remove(Given);
    }
}
