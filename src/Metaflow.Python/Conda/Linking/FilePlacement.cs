using System.Runtime.InteropServices;
using Metaflow.Platform;

namespace Metaflow.Python.Conda.Linking;

/// <summary>Brings files of unpacked packages into an environment.</summary>
internal sealed class FilePlacement
{
    // FICLONE of linux/fs.h.
    private const nuint CloneRequest = 0x40049409;
    private const int Exists = 17;

    private FilePlacement(LinkMethod method) => Method = method;

    /// <summary>Gets the way that is tried first.</summary>
    public LinkMethod Method { get; }

    /// <summary>Finds the best way that the file systems have.</summary>
    /// <param name="asked">The way that was asked for.</param>
    /// <param name="sample">A file of an unpacked package; <see langword="null"/> when there is none.</param>
    /// <param name="folder">A folder of the environment, in which the ways are tried.</param>
    /// <returns>What places files.</returns>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static FilePlacement For(LinkMethod asked, string? sample, string folder)
    {
        if (asked != LinkMethod.Automatic || sample is null)
        {
            return new FilePlacement(asked == LinkMethod.Automatic ? LinkMethod.Copy : asked);
        }

        var probe = Path.Combine(folder, ".metaflow-probe");
        try
        {
            return new FilePlacement(
                CanClone(sample, probe) ? LinkMethod.Clone : TryLink(sample, probe) ? LinkMethod.HardLink : LinkMethod.Copy);
        }
        finally
        {
            File.Delete(probe);
        }
    }

    /// <summary>Brings a file to its place.</summary>
    /// <param name="source">The file of the package.</param>
    /// <param name="target">Where it goes; nothing may be there.</param>
    /// <param name="isCopied">Whether it must not share anything with the package.</param>
    /// <returns>What was done.</returns>
    /// <exception cref="IOException">The place is taken, or cannot be written.</exception>
    public LinkMethod Place(string source, string target, bool isCopied)
    {
        if (!isCopied && Method == LinkMethod.HardLink && TryLink(source, target))
        {
            return LinkMethod.HardLink;
        }

        // Makes a clone where the file system does, and keeps times and permissions.
        File.Copy(source, target);
        return Method == LinkMethod.Clone && !isCopied ? LinkMethod.Clone : LinkMethod.Copy;
    }

    // Another device, too many names of one file, or a file system without hard links: a copy does.
    private static bool TryLink(string source, string target)
        => !OperatingSystem.IsWindows() && (NativeMethods.Link(source, target) == 0
            || (Marshal.GetLastPInvokeError() == Exists ? throw new IOException($"'{target}' exists.") : false));

    private static bool CanClone(string source, string target)
    {
        // Copying a file clones it on the file system that macOS has since 2017.
        if (OperatingSystem.IsMacOS())
        {
            return true;
        }

        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        using var from = File.OpenHandle(source);
        using (var to = File.OpenHandle(target, FileMode.CreateNew, FileAccess.Write))
        {
            if (Control((int)to.DangerousGetHandle(), CloneRequest, (int)from.DangerousGetHandle()) == 0)
            {
                return true;
            }
        }

        File.Delete(target);
        return false;
    }

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(int descriptor, nuint request, nint argument);
}
