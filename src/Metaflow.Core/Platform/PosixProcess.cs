namespace Metaflow.Platform;

/// <summary>Process groups and signals. On Windows nothing of this exists: every method returns <see langword="false"/> or does
/// nothing.</summary>
internal static class PosixProcess
{
    /// <summary>The signal of Ctrl-C.</summary>
    public const int SigInt = 2;

    /// <summary>The signal of Ctrl-\.</summary>
    public const int SigQuit = 3;

    /// <summary>The signal that ends a process at once; it cannot be handled.</summary>
    public const int SigKill = 9;

    /// <summary>The signal that asks a process to end.</summary>
    public const int SigTerm = 15;

    /// <summary>SIGHUP.</summary>
    public const int SigHup = 1;

    private const int SetParentDeathSignal = 1;

    /// <summary>Makes this process the leader of a new process group, so that it can be signalled with all its children.</summary>
    /// <returns>Whether it leads a group now.</returns>
    public static bool TryBecomeGroupLeader()
    {
        // The leader of a session leads its group already, and is refused.
        return !OperatingSystem.IsWindows()
            && (NativeMethods.SetProcessGroup(0, 0) == 0 || NativeMethods.GetProcessGroup(0) == Environment.ProcessId);
    }

    /// <summary>Asks the system to signal this process when its parent dies. Linux only: elsewhere a task outlives a killed
    /// scheduler.</summary>
    /// <param name="signal">The signal; <see cref="SigKill"/> by default.</param>
    /// <remarks>The system counts the thread that started this process as its parent: that thread must live as long as the process
    /// may.</remarks>
    public static void DieWithParent(int signal = SigKill)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = NativeMethods.ProcessControl(SetParentDeathSignal, (nuint)signal, 0, 0, 0);
        }
    }

    /// <summary>Returns the parent of this process.</summary>
    /// <returns>Its id: another one once the parent has died; 0 on Windows.</returns>
    public static int ParentId() => OperatingSystem.IsWindows() ? 0 : NativeMethods.GetParentProcess();

    /// <summary>Sends a signal to a process group.</summary>
    /// <param name="processId">The process that leads the group.</param>
    /// <param name="signal">The signal.</param>
    /// <returns>Whether the group existed and could be signalled.</returns>
    public static bool SignalGroup(int processId, int signal) => processId > 1 && Send(-processId, signal);

    /// <summary>Sends a signal to a process.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="signal">The signal.</param>
    /// <returns>Whether the process existed and could be signalled.</returns>
    public static bool Signal(int processId, int signal) => processId > 0 && Send(processId, signal);

    private static bool Send(int target, int signal) => !OperatingSystem.IsWindows() && NativeMethods.Kill(target, signal) == 0;

    /// <summary>Lets a process read the memory of this one where the system allows that to nobody else. It does nothing where every process
    /// of the user may.</summary>
    /// <param name="processId">The process.</param>
    public static void AllowDebugger(int processId)
    {
        // PR_SET_PTRACER of Linux, which fails without the security module that restricts debuggers.
        const int SetDebugger = 0x59616d61;
        if (OperatingSystem.IsLinux())
        {
            _ = NativeMethods.ProcessControl(SetDebugger, (nuint)processId, 0, 0, 0);
        }
    }
}
