using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Metaflow.Python.Conda.Solving;

/// <summary>What this machine is, as far as packages depend on it. Each property may be replaced for tests.</summary>
internal sealed record MachineProbe
{
    /// <summary>Gets the platform of conda, such as <c>linux-64</c>.</summary>
    public string Platform { get; init; } = FindPlatform();

    /// <summary>Gets the version of Linux, or <see langword="null"/>.</summary>
    public string? LinuxVersion { get; init; } = OperatingSystem.IsLinux() ? Environment.OSVersion.Version.ToString(3) : null;

    /// <summary>Gets the version of the C library of GNU, or <see langword="null"/>.</summary>
    public string? GlibcVersion { get; init; } = OperatingSystem.IsLinux() ? FindGlibc() : null;

    /// <summary>Gets the version of macOS, or <see langword="null"/>.</summary>
    public string? MacOSVersion { get; init; } = OperatingSystem.IsMacOS() ? Environment.OSVersion.Version.ToString(2) : null;

    /// <summary>Gets the version of Windows, or <see langword="null"/>.</summary>
    public string? WindowsVersion { get; init; } = OperatingSystem.IsWindows() ? Environment.OSVersion.Version.ToString(3) : null;

    /// <summary>Gets the version of CUDA that the graphics driver supports, or <see langword="null"/>.</summary>
    public string? CudaVersion { get; init; } = FindCuda();

    /// <summary>Gets the kind of processor, such as <c>x86_64_v3</c>, or <see langword="null"/>.</summary>
    public string? Processor { get; init; } = FindProcessor();

    private delegate nint LibraryVersion();

    private delegate int DriverVersion(out int version);

    private static string FindPlatform()
    {
        var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        return RuntimeInformation.OSArchitecture switch
        {
            Architecture.X64 => $"{system}-64",
            Architecture.X86 => $"{system}-32",
            Architecture.Arm64 => system == "linux" ? "linux-aarch64" : $"{system}-arm64",
            Architecture.Arm => "linux-armv7l",
            var other => $"{system}-{other.ToString().ToLowerInvariant()}",
        };
    }

    private static string? FindGlibc()
        => Call("libc.so.6", "gnu_get_libc_version", static function =>
            Marshal.PtrToStringUTF8(Marshal.GetDelegateForFunctionPointer<LibraryVersion>(function)()));

    private static string? FindCuda()
        => Call(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", "cuDriverGetVersion", static function =>
            Marshal.GetDelegateForFunctionPointer<DriverVersion>(function)(out var version) == 0 && version > 0
                ? $"{version / 1000}.{version % 1000 / 10}"
                : null);

    // The library is there or not: that is what is to be found out.
    private static string? Call(string library, string function, Func<nint, string?> call)
    {
        if (!NativeLibrary.TryLoad(library, out var handle))
        {
            return null;
        }

        return NativeLibrary.TryGetExport(handle, function, out var address) ? call(address) : null;
    }

    // Of processors of Intel and AMD, the levels; packages that are built for one processor accept them as well.
    private static string? FindProcessor() => RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => Avx512F.IsSupported && Avx512BW.IsSupported && Avx512CD.IsSupported && Avx512DQ.IsSupported ? "x86_64_v4"
            : Avx2.IsSupported && Bmi1.IsSupported && Bmi2.IsSupported && Fma.IsSupported && Lzcnt.IsSupported ? "x86_64_v3"
            : Sse42.IsSupported && Popcnt.IsSupported ? "x86_64_v2"
            : "x86_64",
        Architecture.X86 => "x86",
        Architecture.Arm64 => OperatingSystem.IsMacOS() ? "arm64" : "aarch64",
        Architecture.Arm => "armv7l",
        Architecture.Ppc64le => "ppc64le",
        Architecture.S390x => "s390x",
        Architecture.LoongArch64 => "loongarch64",
        _ => null,
    };
}
