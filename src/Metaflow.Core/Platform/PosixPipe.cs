using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Metaflow.Platform;

/// <summary>What can be asked about a pipe without reading it.</summary>
internal static class PosixPipe
{
    private const short HasInput = 1;

    /// <summary>Gets a value indicating whether this system tells; Windows does not.</summary>
    [UnsupportedOSPlatformGuard("windows")]
    public static bool IsSupported => !OperatingSystem.IsWindows();

    /// <summary>Waits until a read would not wait: there is data, or the pipe's end. Returns at once where that is not told.</summary>
    /// <param name="pipe">The end to read from.</param>
    /// <exception cref="ObjectDisposedException">The pipe is closed.</exception>
    public static void WaitForData(SafeHandle pipe) => Poll(pipe, Timeout.Infinite);

    /// <summary>Returns whether a read would give data now, or the pipe's end.</summary>
    /// <param name="pipe">The end to read from.</param>
    /// <returns><see langword="false"/> when a read would wait, and where that is not told.</returns>
    /// <exception cref="ObjectDisposedException">The pipe is closed.</exception>
    public static bool HasData(SafeHandle pipe) => Poll(pipe, milliseconds: 0);

    private static bool Poll(SafeHandle pipe, int milliseconds)
    {
        if (!IsSupported)
        {
            return false;
        }

        var isReferenced = false;
        try
        {
            pipe.DangerousAddRef(ref isReferenced);
            var entry = new NativeMethods.PollEntry { Descriptor = (int)pipe.DangerousGetHandle(), Asked = HasInput };
            int found;
            do
            {
                found = NativeMethods.Poll(ref entry, 1, milliseconds);
            }
            while (found < 0 && Marshal.GetLastPInvokeError() == NativeMethods.Interrupted);
            return found != 0;
        }
        finally
        {
            if (isReferenced)
            {
                pipe.DangerousRelease();
            }
        }
    }
}
