using Metaflow.Errors;
using Microsoft.Diagnostics.Runtime;

namespace Metaflow.Cli.Debugging;

/// <summary>Reads the managed stacks of a running process. The process stands still meanwhile, for some tenths of a second.</summary>
internal static class ManagedStacks
{
    /// <summary>Reads the stacks.</summary>
    /// <param name="processId">The process; not this one.</param>
    /// <returns>Its threads and its waiting methods.</returns>
    /// <exception cref="LaunchException">MF6036: the process has no .NET runtime that can be read, or the system refuses.</exception>
    public static ProcessStacks Read(int processId)
    {
        try
        {
            using var target = DataTarget.AttachToProcess(processId, suspend: true);
            if (target.ClrVersions is not [var version, ..])
            {
                throw Unreadable(processId, "It has no .NET runtime that a debugger can read: it may be a native program.", null);
            }

            using var runtime = version.CreateRuntime();
            using var lines = new SourceLines();
            return new ProcessStacks(ThreadsOf(runtime, lines), new AwaitingMethods(runtime.Heap).Find());
        }
        catch (Exception error) when (error is ClrDiagnosticsException or ArgumentException or InvalidOperationException or IOException
            or UnauthorizedAccessException or NotSupportedException or System.ComponentModel.Win32Exception)
        {
            throw Unreadable(processId, error.Message, error);
        }
    }

    private static List<StackedThread> ThreadsOf(ClrRuntime runtime, SourceLines lines) =>
    [
        .. runtime.Threads.Where(static thread => thread.IsAlive)
            .Select(thread => new StackedThread(thread.OSThreadId, FramesOf(thread, lines)))
            .Where(static thread => thread.Frames.Count > 0)
            .OrderByDescending(static thread => thread.IsOfAuthor),
    ];

    private static List<StackedFrame> FramesOf(ClrThread thread, SourceLines lines)
    {
        var frames = new List<StackedFrame>();
        foreach (var frame in thread.EnumerateStackTrace())
        {
            if (frame is { Kind: ClrStackFrameKind.ManagedMethod, Method: { } method } && !MethodNames.IsPlumbing(method))
            {
                var place = lines.Find(method, frame.InstructionPointer, isReturn: frames.Count > 0);
                frames.Add(new StackedFrame(MethodNames.Of(method), place, MethodNames.IsOfAuthor(method, place)));
            }
        }

        return frames;
    }

    private static LaunchException Unreadable(int processId, string why, Exception? error) => new(
        ErrorCodes.StacksUnreadable,
        $"The stacks of process {processId} cannot be read.",
        why.EndsWith('.') ? why : why + ".",
        "The process must be yours and run on this machine, under Linux or Windows, with the .NET runtime. Where the system lets no "
            + "process debug another (ptrace_scope of the module yama above 0, a container without SYS_PTRACE), run the command as root.",
        error);
}
