namespace Metaflow.Faults;

/// <summary>The numbers of the calls that change files, on x64.</summary>
internal static class SystemCalls
{
    public const int Write = 1;
    public const int WriteAt = 18;
    public const int WriteParts = 20;
    public const int Flush = 74;
    public const int FlushData = 75;
    public const int SetLength = 77;
    public const int Rename = 82;
    public const int MakeFolder = 83;
    public const int RemoveFolder = 84;
    public const int Link = 86;
    public const int Remove = 87;
    public const int OpenAt = 257;
    public const int MakeFolderAt = 258;
    public const int RemoveAt = 263;
    public const int RenameAt = 264;
    public const int LinkAt = 265;
    public const int WritePartsAt = 296;
    public const int RenameAt2 = 316;

    /// <summary>The flags of an opening that makes or empties a file.</summary>
    public const uint CreateOrTruncate = 0x40 | Truncate;

    /// <summary>The flag of an opening that empties a file.</summary>
    public const uint Truncate = 0x200;

    /// <summary>Gets the calls that stop the program whatever their arguments are.</summary>
    public static IReadOnlyList<int> Always { get; } =
    [
        Write, WriteAt, WriteParts, Flush, FlushData, SetLength, Rename, MakeFolder, RemoveFolder, Link, Remove, MakeFolderAt, RemoveAt,
        RenameAt, LinkAt, WritePartsAt, RenameAt2,
    ];
}
