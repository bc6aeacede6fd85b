using System.Runtime.InteropServices;

namespace Metaflow.Debugger.Launching;

/// <summary>A semaphore of the system that another process opens by its name; it begins at zero.</summary>
internal sealed partial class NamedSemaphore : IDisposable
{
    private const int Create = 0x40;
    private const int Exclusive = 0x80;
    private const uint OwnerOnly = 0x1C0;

    private readonly string _name;
    private readonly nint _handle;

    public NamedSemaphore(string name)
    {
        _name = name;
        _handle = Open(name, Create | Exclusive, OwnerOnly, 0);
        if (_handle == 0)
        {
            throw new InvalidOperationException($"The semaphore '{name}' cannot be made: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
    }

    /// <summary>Takes one if there is one.</summary>
    public bool TryTake() => TryWait(_handle) == 0;

    /// <summary>Gives one.</summary>
    public void Release() => _ = Post(_handle);

    public void Dispose()
    {
        _ = Close(_handle);
        _ = Unlink(_name);
    }

    [LibraryImport("libc", EntryPoint = "sem_open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string name, int flags, uint mode, uint value);

    [LibraryImport("libc", EntryPoint = "sem_trywait")]
    private static partial int TryWait(nint handle);

    [LibraryImport("libc", EntryPoint = "sem_post")]
    private static partial int Post(nint handle);

    [LibraryImport("libc", EntryPoint = "sem_close")]
    private static partial int Close(nint handle);

    [LibraryImport("libc", EntryPoint = "sem_unlink", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unlink(string name);
}
