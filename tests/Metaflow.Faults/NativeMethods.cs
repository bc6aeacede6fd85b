using System.Runtime.InteropServices;

namespace Metaflow.Faults;

/// <summary>The calls of the system that a tracer needs.</summary>
internal static unsafe partial class NativeMethods
{
    public const int Kill = 9;
    public const int Continue = 18;
    public const int Stop = 19;
    public const int AllChildren = 0x40000000;
    public const int Untraced = 2;

    [LibraryImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    public static partial long Trace(long request, int process, nint address, nint data);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    public static partial int Wait(int process, out int status, int options);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Signal(int process, int signal);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    public static partial int Control(int option, nuint second, nint third, nuint fourth, nuint fifth);

    [LibraryImport("libc", EntryPoint = "posix_spawn")]
    public static partial int Spawn(out int process, byte* path, nint actions, nint attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "process_vm_readv", SetLastError = true)]
    public static partial nint ReadMemory(int process, Slice* local, nuint localCount, Slice* remote, nuint remoteCount, nuint flags);

    /// <summary>A part of a memory, <c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Slice
    {
        public ulong Start;
        public ulong Length;
    }

    /// <summary>The registers of a thread, <c>struct user_regs_struct</c> of x64.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Registers
    {
        public ulong R15, R14, R13, R12, Rbp, Rbx, R11, R10, R9, R8, Rax, Rcx, Rdx, Rsi, Rdi, Call, Rip, Cs, Flags, Rsp, Ss, FsBase, GsBase;
        public ulong Ds, Es, Fs, Gs;
    }
}
