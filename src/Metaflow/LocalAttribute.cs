using Metaflow.Launching;
using Metaflow.Running;

namespace Metaflow;

/// <summary>Runs the tasks of a step in processes on the machine of the scheduler, even if <c>--with</c> sends the flow's steps to a
/// cluster.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class LocalAttribute : DecoratorAttribute, ILaunchedBy
{
    /// <inheritdoc/>
    public string LauncherName => LaunchHandle.Local;
}
