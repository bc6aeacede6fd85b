using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Metaflow.Debugger.Interop;

/// <summary>The library of the runtime that debuggers use, <c>libmscordbi.so</c>.</summary>
internal static unsafe class DebuggingLibrary
{
    private const int DebuggerVersion = 4;
    private const int ProcessAttach = 1;

    /// <summary>Makes the debugging services for a process whose runtime is loaded.</summary>
    public static ICorDebug Open(int processId)
    {
        var (address, path) = FindRuntime(processId);
        var folder = Path.GetDirectoryName(path)!;
        var library = NativeLibrary.Load(Path.Combine(folder, "libmscordbi.so"));

        // The library initializes itself in its entry point, which only the runtime's own loader calls.
        var main = (delegate* unmanaged<nint, uint, nint, int>)NativeLibrary.GetExport(library, "DllMain");
        if (main(library, ProcessAttach, 0) == 0)
        {
            throw new InvalidOperationException("libmscordbi.so could not be initialized.");
        }

        var create = (delegate* unmanaged<int, uint, char*, char*, nint, void**, int>)NativeLibrary.GetExport(
            library, "CoreCLRCreateCordbObject3");
        fixed (char* access = Path.Combine(folder, "libmscordaccore.so"))
        {
            void* services;
            Marshal.ThrowExceptionForHR(create(DebuggerVersion, (uint)processId, null, access, address, &services));
            return ComInterfaceMarshaller<ICorDebug>.ConvertToManaged(services)!;
        }
    }

    private static (nint Address, string Path) FindRuntime(int processId)
    {
        foreach (var line in File.ReadLines($"/proc/{processId}/maps"))
        {
            // 7f0000000000-7f0000001000 r--p 00000000 08:01 1234    /folder/libcoreclr.so
            var path = line.IndexOf('/', StringComparison.Ordinal) is >= 0 and var at ? line[at..] : "";
            if (Path.GetFileName(path) == "libcoreclr.so" && line.Split(' ')[2] == "00000000")
            {
                return (nint.Parse(line.Split('-')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture), path);
            }
        }

        throw new InvalidOperationException($"The process {processId} has no runtime of .NET.");
    }
}
