using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Metaflow.Platform;

/// <summary>A pipe that any process of this user can open by its address, to send short messages to the process that made it. Neither side
/// ever waits in it.</summary>
/// <remarks>Messages of at most <see cref="MaxMessage"/> bytes are not mixed with those of other processes (POSIX). On Linux the pipe has
/// no name in a folder, so nothing is left behind by a process that is killed.</remarks>
internal sealed class MessagePipe : IDisposable
{
    /// <summary>The longest message that every system writes as a whole.</summary>
    public const int MaxMessage = 512;

    private const int WriteOnly = 1;
    private const int ReadWrite = 2;
    private const uint OwnerOnly = 0x180;

    private readonly SafeFileHandle _handle;
    private readonly string? _folder;

    private MessagePipe(SafeFileHandle handle, string address, string? folder)
    {
        _handle = handle;
        _folder = folder;
        Address = address;
    }

    /// <summary>Gets what opens the other end.</summary>
    public string Address { get; }

    // O_NONBLOCK and O_CLOEXEC.
    private static int Flags => OperatingSystem.IsLinux() ? 0x800 | 0x80000 : 0x4 | 0x1000000;

    /// <summary>Makes a pipe.</summary>
    /// <returns>The reading end; <see langword="null"/> where the system has no such pipes or refuses one.</returns>
    public static MessagePipe? TryCreate()
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
        {
            return null;
        }

        string? folder = null;
        try
        {
            folder = Directory.CreateTempSubdirectory("metaflow-progress-").FullName;
            var path = Path.Combine(folder, "pipe");
            if (NativeMethods.MakeFifo(path, OwnerOnly) == 0 && TryOpen(path, ReadWrite) is { } handle)
            {
                return OperatingSystem.IsLinux() ? WithoutName(handle, folder) : new MessagePipe(handle, path, folder);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Nowhere to make it: nobody depends on it.
        }

        Remove(folder);
        return null;
    }

    /// <summary>Opens the writing end of a pipe.</summary>
    /// <param name="address">Its address.</param>
    /// <returns>The end; <see langword="null"/> when nobody reads it any more.</returns>
    public static SafeFileHandle? TryOpenForWriting(string address)
        => OperatingSystem.IsWindows() ? null : TryOpen(address, WriteOnly);

    /// <summary>Writes a message.</summary>
    /// <param name="handle">The writing end.</param>
    /// <param name="message">The message, of at most <see cref="MaxMessage"/> bytes.</param>
    /// <returns>Whether it is in the pipe; not when the pipe is full or nobody reads it.</returns>
    public static bool TryWrite(SafeFileHandle handle, byte[] message)
        => Move(handle, message, isWrite: true) == message.Length;

    /// <summary>Waits until there is something to read, or the pipe was closed.</summary>
    public void WaitForData() => PosixPipe.WaitForData(_handle);

    /// <summary>Reads what is there.</summary>
    /// <param name="buffer">Receives it.</param>
    /// <returns>How many bytes; 0 when there are none now.</returns>
    /// <exception cref="ObjectDisposedException">The pipe was closed.</exception>
    public int Read(byte[] buffer) => (int)Math.Max(0, Move(_handle, buffer, isWrite: false));

    /// <inheritdoc/>
    public void Dispose()
    {
        _handle.Dispose();
        Remove(_folder);
    }

    private static MessagePipe WithoutName(SafeFileHandle handle, string folder)
    {
        Remove(folder);
        return new MessagePipe(handle, $"/proc/{Environment.ProcessId}/fd/{handle.DangerousGetHandle()}", folder: null);
    }

    [UnsupportedOSPlatform("windows")]
    private static SafeFileHandle? TryOpen(string path, int access)
    {
        var descriptor = NativeMethods.Open(path, access | Flags);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static nint Move(SafeFileHandle handle, byte[] bytes, bool isWrite)
    {
        if (OperatingSystem.IsWindows())
        {
            return -1;
        }

        var isReferenced = false;
        try
        {
            handle.DangerousAddRef(ref isReferenced);
            var descriptor = (int)handle.DangerousGetHandle();
            return isWrite
                ? NativeMethods.Write(descriptor, bytes, (nuint)bytes.Length)
                : NativeMethods.Read(descriptor, bytes, (nuint)bytes.Length);
        }
        finally
        {
            if (isReferenced)
            {
                handle.DangerousRelease();
            }
        }
    }

    private static void Remove(string? folder)
    {
        try
        {
            if (folder is not null)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It holds nothing.
        }
    }
}
