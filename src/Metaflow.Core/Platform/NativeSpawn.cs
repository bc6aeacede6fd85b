using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Metaflow.Platform;

/// <summary>Starts a process by <c>posix_spawn</c>, which can do what <see cref="System.Diagnostics.Process"/> cannot: a session of its
/// own, and no inherited files. Linux only.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class NativeSpawn : IDisposable
{
    // glibc's and musl's structures take less than 400 bytes.
    private const int StructureSize = 1024;
    private const int ReadWrite = 2;
    private const int GetDescriptorFlags = 1;
    private const int CloseOnExec = 1;
    private const short SetSession = 0x80;

    private readonly nint _actions = Marshal.AllocHGlobal(StructureSize);
    private readonly nint _attributes = Marshal.AllocHGlobal(StructureSize);

    public NativeSpawn()
    {
        Check(NativeMethods.SpawnActionsInitialize(_actions));
        Check(NativeMethods.SpawnAttributesInitialize(_attributes));
    }

    /// <summary>Gives the process a file as its standard input.</summary>
    /// <param name="descriptor">The file.</param>
    public void Input(int descriptor) => Check(NativeMethods.SpawnAddDuplicate(_actions, descriptor, 0));

    /// <summary>Drops what the process writes.</summary>
    public void DropOutputs()
    {
        Check(NativeMethods.SpawnAddOpen(_actions, 1, "/dev/null", ReadWrite, 0));
        Check(NativeMethods.SpawnAddOpen(_actions, 2, "/dev/null", ReadWrite, 0));
    }

    /// <summary>Closes the files that this process was started with itself; those that the runtime opened close by themselves.</summary>
    public void CloseInherited()
    {
        foreach (var path in Directory.EnumerateFiles("/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var descriptor)
                && descriptor > 2
                && NativeMethods.FileControl(descriptor, GetDescriptorFlags) is >= 0 and var flags
                && (flags & CloseOnExec) == 0)
            {
                Check(NativeMethods.SpawnAddClose(_actions, descriptor));
            }
        }
    }

    /// <summary>Makes the process lead a session of its own.</summary>
    public void LeadSession() => Check(NativeMethods.SpawnSetFlags(_attributes, SetSession));

    /// <summary>Starts the process and waits for its end.</summary>
    /// <param name="program">The executable.</param>
    /// <param name="arguments">Its arguments, its name first.</param>
    /// <param name="environment">Its whole environment.</param>
    /// <returns>Whether it was started.</returns>
    public bool TryRun(string program, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        var given = Texts(arguments);
        var variables = Texts(environment);
        try
        {
            if (NativeMethods.Spawn(out var id, program, _actions, _attributes, given, variables) != 0)
            {
                return false;
            }

            while (NativeMethods.WaitForProcess(id, out _, 0) < 0 && Marshal.GetLastPInvokeError() == NativeMethods.Interrupted)
            {
            }

            return true;
        }
        finally
        {
            Array.ForEach(given, Marshal.FreeCoTaskMem);
            Array.ForEach(variables, Marshal.FreeCoTaskMem);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = NativeMethods.SpawnActionsDestroy(_actions);
        _ = NativeMethods.SpawnAttributesDestroy(_attributes);
        Marshal.FreeHGlobal(_actions);
        Marshal.FreeHGlobal(_attributes);
    }

    // The last one stays null, which is the end.
    private static nint[] Texts(IReadOnlyList<string> texts)
    {
        var pointers = new nint[texts.Count + 1];
        for (var i = 0; i < texts.Count; i++)
        {
            pointers[i] = Marshal.StringToCoTaskMemUTF8(texts[i]);
        }

        return pointers;
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
        }
    }
}
