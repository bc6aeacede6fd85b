namespace Metaflow.Platform;

/// <summary>The causes of failed file operations that need different remedies.</summary>
internal enum FileFault
{
    /// <summary>Any other cause.</summary>
    Other,

    /// <summary>The disk or the user's quota is full.</summary>
    Full,

    /// <summary>The file system is mounted read-only.</summary>
    ReadOnly,

    /// <summary>The user may not do this.</summary>
    NoPermission,

    /// <summary>The process, or the system, may open no further file.</summary>
    NoDescriptor,
}

/// <summary>Tells the causes of failed file operations apart.</summary>
internal static class FileFaults
{
    private const int NoSpace = 28;
    private const int TooManyInProcess = 24;
    private const int TooManyInSystem = 23;
    private const int ReadOnlyFileSystem = 30;
    private const int QuotaExceeded = 122;
    private const int AccessDenied = 13;
    private const int NotPermitted = 1;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <summary>Returns true if an exception comes from the file system.</summary>
    /// <param name="error">The exception.</param>
    /// <returns>Whether it is one that file operations raise.</returns>
    public static bool IsFileError(Exception error) => error is IOException or UnauthorizedAccessException;

    /// <summary>Returns the cause of an exception.</summary>
    /// <param name="error">An exception of a file operation.</param>
    /// <returns>The cause.</returns>
    public static FileFault Of(Exception error) => error.HResult switch
    {
        NoSpace or QuotaExceeded or WindowsDiskFull => FileFault.Full,
        ReadOnlyFileSystem => FileFault.ReadOnly,
        TooManyInProcess or TooManyInSystem => FileFault.NoDescriptor,
        AccessDenied or NotPermitted => FileFault.NoPermission,
        _ => error is UnauthorizedAccessException ? FromAccess(error) : FileFault.Other,
    };

    // .NET reports EACCES, EPERM and a few others as one exception whose inner one keeps the number.
    private static FileFault FromAccess(Exception error)
        => error.InnerException?.HResult == ReadOnlyFileSystem ? FileFault.ReadOnly : FileFault.NoPermission;
}
