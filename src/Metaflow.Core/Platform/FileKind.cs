using System.Buffers.Binary;

namespace Metaflow.Platform;

/// <summary>What kind of file a path leads to.</summary>
/// <param name="Format">The bits of the file's mode that say so.</param>
/// <param name="Major">Of a device, its driver.</param>
/// <param name="Minor">Of a device, which one of its driver.</param>
internal readonly record struct FileKind(int Format, uint Major, uint Minor)
{
    public const int NamedPipe = 0x1000;
    public const int CharacterDevice = 0x2000;
    public const int Folder = 0x4000;
    public const int BlockDevice = 0x6000;
    public const int Regular = 0x8000;
    public const int Socket = 0xC000;
    private const int FormatMask = 0xF000;

    // The fields of 'struct statx', the same on all processors.
    private const int StructureSize = 256;
    private const int ModeOffset = 28;
    private const int MajorOffset = 128;
    private const int MinorOffset = 132;
    private const uint AskForType = 1;

    /// <summary>Gets a value indicating whether this is <c>/dev/null</c>, by whatever name.</summary>
    public bool IsNull => Major == 1 && Minor == 3;

    /// <summary>Gets a value indicating whether this device is a terminal.</summary>
    public bool IsTerminal => Major is 4 or 5 or (>= 136 and <= 143);

    /// <summary>Returns the kind of a file. Links are followed. Linux only.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The kind; <see langword="null"/> when there is nothing, or the system does not say.</returns>
    public static FileKind? Of(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var found = new byte[StructureSize];
        try
        {
            if (NativeMethods.FileStatus(NativeMethods.FromWorkingFolder, path, 0, AskForType, found) != 0)
            {
                return null;
            }
        }
        catch (EntryPointNotFoundException)
        {
            // A C library from before 2018.
            return null;
        }

        var numbers = found.AsSpan();
        return BitConverter.IsLittleEndian
            ? new FileKind(
                BinaryPrimitives.ReadUInt16LittleEndian(numbers[ModeOffset..]) & FormatMask,
                BinaryPrimitives.ReadUInt32LittleEndian(numbers[MajorOffset..]),
                BinaryPrimitives.ReadUInt32LittleEndian(numbers[MinorOffset..]))
            : new FileKind(
                BinaryPrimitives.ReadUInt16BigEndian(numbers[ModeOffset..]) & FormatMask,
                BinaryPrimitives.ReadUInt32BigEndian(numbers[MajorOffset..]),
                BinaryPrimitives.ReadUInt32BigEndian(numbers[MinorOffset..]));
    }
}
