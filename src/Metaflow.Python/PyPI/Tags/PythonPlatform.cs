namespace Metaflow.Python.PyPI.Tags;

/// <summary>A kind of machine as Python's packages see it.</summary>
/// <param name="System">The operating system.</param>
/// <param name="Machine">The processor, as Python names it on that system: <c>x86_64</c>, <c>aarch64</c>, <c>arm64</c>,
/// <c>AMD64</c>.</param>
internal sealed record PythonPlatform(PythonSystem System, string Machine)
{
    private static readonly (string Subdirectory, PythonSystem System, string Machine)[] Known =
    [
        ("linux-64", PythonSystem.Linux, "x86_64"), ("linux-32", PythonSystem.Linux, "i686"),
        ("linux-aarch64", PythonSystem.Linux, "aarch64"), ("linux-armv6l", PythonSystem.Linux, "armv6l"),
        ("linux-armv7l", PythonSystem.Linux, "armv7l"), ("linux-ppc64le", PythonSystem.Linux, "ppc64le"),
        ("linux-ppc64", PythonSystem.Linux, "ppc64"), ("linux-s390x", PythonSystem.Linux, "s390x"),
        ("linux-riscv64", PythonSystem.Linux, "riscv64"), ("osx-64", PythonSystem.MacOS, "x86_64"),
        ("osx-arm64", PythonSystem.MacOS, "arm64"), ("win-64", PythonSystem.Windows, "AMD64"),
        ("win-32", PythonSystem.Windows, "x86"), ("win-arm64", PythonSystem.Windows, "ARM64"),
    ];

    /// <summary>Gets the version of the GNU C library; <see langword="null"/>, the default, if there is none.</summary>
    public LibraryVersion? Glibc { get; init; }

    /// <summary>Gets the version of the C library musl; <see langword="null"/>, the default, if there is none.</summary>
    public LibraryVersion? Musl { get; init; }

    /// <summary>Gets the version of macOS. The default is 12.0.</summary>
    public LibraryVersion MacOS { get; init; } = new(12, 0);

    /// <summary>Returns the platform that conda's name for a kind of machine stands for.</summary>
    /// <param name="subdirectory">The name, such as <c>linux-64</c>.</param>
    /// <returns>The platform without a C library; <see langword="null"/> if the name is unknown.</returns>
    public static PythonPlatform? FromSubdirectory(string subdirectory)
        => Array.Find(Known, item => item.Subdirectory == subdirectory) is { Machine: { } machine } known
            ? new PythonPlatform(known.System, machine) : null;

    /// <summary>Returns the tags of platforms whose wheels run here.</summary>
    /// <returns>The tags, the best first; without <c>any</c>.</returns>
    public IReadOnlyList<string> ToTags() => System switch
    {
        PythonSystem.Linux => LinuxTags.Of(Machine, Glibc, Musl),
        PythonSystem.MacOS => MacTags.Of(Machine, MacOS),
        _ => [Machine.ToUpperInvariant() switch { "AMD64" or "X86_64" => "win_amd64", "ARM64" => "win_arm64", _ => "win32" }],
    };
}
