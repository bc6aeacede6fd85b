using Metaflow.PythonSteps;
using Metaflow.StepEnvironments;

namespace Metaflow;

public sealed partial record Current
{
    /// <summary>Gets the environment of the task: the packages of conda and PyPI that its step asks for, and their programs.</summary>
    /// <example><c>await Current.Environment.RunPythonAsync("train.py", "--alpha", "0.5");</c></example>
    public TaskEnvironment Environment => field ??= new TaskEnvironment(
        this, EnvironmentOfProcess.Prefix is { } prefix ? new PrefixPrograms(prefix, EnvironmentOfProcess.Activation) : null);
}
