using System.Runtime.InteropServices;

namespace Metaflow.Faults;

/// <summary>Tells the system which calls of a program stop it: a few of thousands, so that tracing costs little.</summary>
internal static unsafe class CallFilter
{
    private const int NoNewPrivileges = 38;
    private const int SetFilter = 22;
    private const int FilterMode = 2;
    private const uint Allowed = 0x7fff0000;
    private const uint Traced = 0x7ff00000;
    private const ushort Load = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort JumpIfBits = 0x45;
    private const ushort Return = 0x06;

    // Of the data about a call: its number, and the lower half of its third argument.
    private const uint NumberAt = 0;
    private const uint ThirdAt = 32;

    /// <summary>Installs the filter for the calling thread and all that it starts.</summary>
    /// <returns>Whether the system takes it.</returns>
    public static bool TryInstall()
    {
        var program = new List<Instruction> { new(Load, 0, 0, NumberAt) };
        foreach (var number in SystemCalls.Always)
        {
            program.Add(new(JumpIfEqual, 0, 1, (uint)number));
            program.Add(new(Return, 0, 0, Traced));
        }

        program.Add(new(JumpIfEqual, 0, 3, SystemCalls.OpenAt));
        program.Add(new(Load, 0, 0, ThirdAt));
        program.Add(new(JumpIfBits, 0, 1, SystemCalls.CreateOrTruncate));
        program.Add(new(Return, 0, 0, Traced));
        program.Add(new(Return, 0, 0, Allowed));
        fixed (Instruction* instructions = program.ToArray())
        {
            var filter = new Program { Length = (ushort)program.Count, Instructions = instructions };
            return NativeMethods.Control(NoNewPrivileges, 1, 0, 0, 0) == 0
                && NativeMethods.Control(SetFilter, FilterMode, (nint)(&filter), 0, 0) == 0;
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Instruction(ushort Code, byte IfTrue, byte IfFalse, uint Value);

    [StructLayout(LayoutKind.Sequential)]
    private struct Program
    {
        public ushort Length;
        public Instruction* Instructions;
    }
}
