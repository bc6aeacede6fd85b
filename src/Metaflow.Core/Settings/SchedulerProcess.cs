using System.Globalization;
using Metaflow.Platform;

namespace Metaflow.Settings;

/// <summary>Tells a task's process which process its scheduler is, so that it notices when that died before it could watch it.</summary>
internal static class SchedulerProcess
{
    /// <summary>The variable that holds the id; a task takes it away, so that what it starts does not see it.</summary>
    public const string Variable = "METAFLOW_SCHEDULER_PROCESS";

    /// <summary>Takes the id out of this process's environment.</summary>
    /// <returns>The id; <see langword="null"/> when this process was started by no scheduler.</returns>
    public static int? Take()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } text)
        {
            return null;
        }

        ProcessEnvironment.Remove(Variable);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
    }
}
