using System.Globalization;
using System.Reflection;
using System.Runtime.Versioning;

namespace Metaflow.Platform;

/// <summary>Lets a process end with the code with which it began, although a build overwrites the program in the meantime.</summary>
/// <remarks>The runtime maps assemblies, and does not read them: what a compiler writes into a file that it does not replace is at once the
/// code of every process that has mapped it. A task would run code that its run has not recorded, or end with a damaged image. So each
/// process replaces these mappings by copies, at its start.</remarks>
internal static class ProgramImages
{
    private const int ReadAccess = 1;
    private const int WriteAccess = 2;
    private const int PrivateMemory = 2;
    private const int WithoutFile = 32;
    private const int MayMove = 1;
    private const int ToAddress = 2;
    private const nint Failed = -1;

    /// <summary>Keeps the assemblies that the author's builds write: those loaded by now, and those that follow.</summary>
    /// <param name="folder">The program's folder.</param>
    public static void Keep(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        Copy(folder);
        AppDomain.CurrentDomain.AssemblyLoad += (_, loaded) =>
        {
            if (OperatingSystem.IsLinux() && IsOfAuthor(loaded.LoadedAssembly, folder))
            {
                Copy(folder);
            }
        };
    }

    // Packages have no symbols beside them, and no build overwrites them.
    private static bool IsOfAuthor(Assembly assembly, string folder)
        => !assembly.IsDynamic && assembly.Location is { Length: > 0 } path && path.StartsWith(folder, StringComparison.Ordinal)
            && File.Exists(Path.ChangeExtension(path, ".pdb"));

    [SupportedOSPlatform("linux")]
    private static void Copy(string folder)
    {
        string[] mappings;
        try
        {
            mappings = File.ReadAllLines("/proc/self/maps");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return;
        }

        foreach (var mapping in mappings)
        {
            // 7f30eaee9000-7f30eaf00000 r--s 00000000 fe:00 350845      /path/flow.dll
            var path = mapping.IndexOf('/', StringComparison.Ordinal) is > 0 and var start ? mapping[start..] : "";
            if (path.StartsWith(folder, StringComparison.Ordinal) && path.EndsWith(".dll", StringComparison.Ordinal)
                && mapping.Split(' ') is [var range, "r--s", "00000000", ..] && range.Split('-') is [var from, var to]
                && File.Exists(Path.ChangeExtension(path, ".pdb")))
            {
                var address = nint.Parse(from, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                Copy(path, address, nint.Parse(to, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) - address);
            }
        }
    }

    /// <summary>Puts a copy in the place of a mapped file. Other threads read the one or the other, which are the same.</summary>
    [SupportedOSPlatform("linux")]
    private static unsafe void Copy(string path, nint address, nint length)
    {
        // What lies behind the end of a file cannot be read.
        if (new FileInfo(path).Length <= length - Environment.SystemPageSize)
        {
            return;
        }

        var copy = NativeMethods.MapMemory(0, (nuint)length, ReadAccess | WriteAccess, PrivateMemory | WithoutFile, -1, 0);
        if (copy == Failed)
        {
            return;
        }

        Buffer.MemoryCopy((void*)address, (void*)copy, length, length);
        if (NativeMethods.ProtectMemory(copy, (nuint)length, ReadAccess) != 0
            || NativeMethods.RemapMemory(copy, (nuint)length, (nuint)length, MayMove | ToAddress, address) == Failed)
        {
            NativeMethods.UnmapMemory(copy, (nuint)length);
        }
    }
}
