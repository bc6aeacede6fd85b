using System.Buffers.Binary;

namespace Metaflow.Platform;

/// <summary>Tells whether a path still leads to an open file. Another process may have put a new file in its place.</summary>
internal static class FileIdentity
{
    // The fields of 'struct statx', the same on all processors.
    private const int StructureSize = 256;
    private const int NumberOffset = 32;
    private const int DeviceOffset = 136;
    private const int DeviceSize = 8;
    private const int OfDescriptor = 0x1000;
    private const uint AskForNumber = 0x100;

    /// <summary>Returns true if a path leads to an open file. Links are followed.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="path">The absolute path.</param>
    /// <returns>Whether it does.</returns>
    public static bool IsAt(FileStream file, string path)
    {
        if (OperatingSystem.IsLinux())
        {
            try
            {
                var opened = Of((int)file.SafeFileHandle.DangerousGetHandle(), "", OfDescriptor);
                return opened is not null && opened == Of(NativeMethods.FromWorkingFolder, path, 0);
            }
            catch (EntryPointNotFoundException)
            {
                // A C library from before 2018.
            }
        }

        // On Windows nobody can replace a file that is open like this. On macOS each file knows when it was made.
        return File.Exists(path) && File.GetCreationTimeUtc(path) == File.GetCreationTimeUtc(file.SafeFileHandle);
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static (ulong Number, ulong Device)? Of(int folder, string path, int flags)
    {
        var found = new byte[StructureSize];
        return NativeMethods.FileStatus(folder, path, flags, AskForNumber, found) == 0
            ? (BinaryPrimitives.ReadUInt64LittleEndian(found.AsSpan(NumberOffset)),
                BinaryPrimitives.ReadUInt64LittleEndian(found.AsSpan(DeviceOffset, DeviceSize)))
            : null;
    }
}
