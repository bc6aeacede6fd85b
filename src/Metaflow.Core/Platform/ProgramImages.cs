using System.Reflection;
using System.Runtime.Versioning;
using System.Text;

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

    // Read and searched as bytes: what the framework has for lines costs a task ten times as much.
    [SupportedOSPlatform("linux")]
    private static void Copy(string folder)
    {
        var mappings = ReadMappings().AsSpan();
        var wanted = Encoding.UTF8.GetBytes(folder).AsSpan();
        for (int found; (found = mappings.IndexOf(wanted)) >= 0;)
        {
            // 7f30eaee9000-7f30eaf00000 r--s 00000000 fe:00 350845      /path/flow.dll
            var line = mappings[(mappings[..found].LastIndexOf((byte)'\n') + 1)..];
            var end = line.IndexOf((byte)'\n');
            line = end < 0 ? line : line[..end];
            var path = line[line.IndexOf((byte)'/')..];
            mappings = mappings[(found + wanted.Length)..];
            if (path.EndsWith(".dll"u8) && line.IndexOf(" r--s 00000000 "u8) is > 0 and var range)
            {
                CopyOfAuthor(Encoding.UTF8.GetString(path), line[..range]);
            }
        }
    }

    [SupportedOSPlatform("linux")]
    private static void CopyOfAuthor(string path, ReadOnlySpan<byte> range)
    {
        var dash = range.IndexOf((byte)'-');
        if (dash > 0 && File.Exists(Path.ChangeExtension(path, ".pdb")))
        {
            var address = Hexadecimal(range[..dash]);
            Copy(path, address, Hexadecimal(range[(dash + 1)..]) - address);
        }
    }

    private static nint Hexadecimal(ReadOnlySpan<byte> digits)
    {
        nint number = 0;
        foreach (var digit in digits)
        {
            number = (number << 4) + (digit <= '9' ? digit - '0' : digit - 'a' + 10);
        }

        return number;
    }

    /// <summary>Reads what this process has mapped; nothing where the system does not tell.</summary>
    [SupportedOSPlatform("linux")]
    private static byte[] ReadMappings()
    {
        var descriptor = NativeMethods.Open("/proc/self/maps", 0);
        if (descriptor < 0)
        {
            return [];
        }

        var read = new byte[64 << 10];
        var length = 0;
        var part = new byte[read.Length];
        for (nint count; (count = NativeMethods.Read(descriptor, part, (nuint)part.Length)) > 0; length += (int)count)
        {
            if (length + count > read.Length)
            {
                Array.Resize(ref read, read.Length * 2);
            }

            Array.Copy(part, 0, read, length, (int)count);
        }

        _ = NativeMethods.Close(descriptor);
        return length == read.Length ? read : read[..length];
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
        if (NativeMethods.RemapMemory(copy, (nuint)length, (nuint)length, MayMove | ToAddress, address) == Failed)
        {
            _ = NativeMethods.UnmapMemory(copy, (nuint)length);
        }
    }
}
