using System.Globalization;
using Metaflow.Python.PyPI.Tags;
using Metaflow.Python.PyPI.Versions;

namespace Metaflow.Python.PyPI.Markers;

/// <summary>The values of a marker's variables for a Python on a kind of machine. What is not known is <see langword="null"/>, which is the
/// default of all.</summary>
internal sealed record MarkerEnvironment
{
    /// <summary>Gets <c>major.minor</c> of Python.</summary>
    public string? PythonVersion { get; init; }

    /// <summary>Gets the whole version of Python.</summary>
    public string? PythonFullVersion { get; init; }

    /// <summary>Gets Python's <c>os.name</c>: <c>posix</c> or <c>nt</c>.</summary>
    public string? OsName { get; init; }

    /// <summary>Gets Python's <c>sys.platform</c>: <c>linux</c>, <c>darwin</c> or <c>win32</c>.</summary>
    public string? SysPlatform { get; init; }

    /// <summary>Gets the version of the system's kernel.</summary>
    public string? PlatformRelease { get; init; }

    /// <summary>Gets the name of the system: <c>Linux</c>, <c>Darwin</c> or <c>Windows</c>.</summary>
    public string? PlatformSystem { get; init; }

    /// <summary>Gets the build of the system's kernel.</summary>
    public string? PlatformVersion { get; init; }

    /// <summary>Gets the processor: <c>x86_64</c>, <c>aarch64</c>, <c>arm64</c>, <c>AMD64</c>.</summary>
    public string? PlatformMachine { get; init; }

    /// <summary>Gets the implementation of Python: <c>CPython</c>.</summary>
    public string? PlatformPythonImplementation { get; init; }

    /// <summary>Gets Python's <c>sys.implementation.name</c>: <c>cpython</c>.</summary>
    public string? ImplementationName { get; init; }

    /// <summary>Gets the version of the implementation, for CPython that of Python.</summary>
    public string? ImplementationVersion { get; init; }

    /// <summary>Returns the values for CPython.</summary>
    /// <param name="python">Its version. With two numbers, such as <c>3.11</c>, the whole version is not known.</param>
    /// <param name="platform">The kind of machine.</param>
    /// <returns>The values; those of the kernel are not known.</returns>
    public static MarkerEnvironment Of(PythonVersion python, PythonPlatform platform)
    {
        var full = python.Release.Count > 2 ? python.ToString() : null;
        return new MarkerEnvironment
        {
            PythonVersion = python.MajorAndMinor,
            PythonFullVersion = full,
            OsName = platform.System == PythonSystem.Windows ? "nt" : "posix",
            SysPlatform = platform.System switch
            {
                PythonSystem.Linux => "linux",
                PythonSystem.MacOS => "darwin",
                _ => "win32",
            },
            PlatformSystem = platform.System switch
            {
                PythonSystem.Linux => "Linux",
                PythonSystem.MacOS => "Darwin",
                _ => "Windows",
            },
            PlatformMachine = platform.Machine,
            PlatformPythonImplementation = "CPython",
            ImplementationName = "cpython",
            ImplementationVersion = full,
        };
    }

    /// <summary>Returns these values with some replaced.</summary>
    /// <param name="overrides">The new values by the names of variables.</param>
    /// <returns>The values.</returns>
    public MarkerEnvironment With(IReadOnlyDictionary<string, string> overrides)
    {
        string? Value(string name, string? own) => overrides.GetValueOrDefault(name, own!);
        return new MarkerEnvironment
        {
            PythonVersion = Value("python_version", PythonVersion),
            PythonFullVersion = Value("python_full_version", PythonFullVersion),
            OsName = Value("os_name", OsName),
            SysPlatform = Value("sys_platform", SysPlatform),
            PlatformRelease = Value("platform_release", PlatformRelease),
            PlatformSystem = Value("platform_system", PlatformSystem),
            PlatformVersion = Value("platform_version", PlatformVersion),
            PlatformMachine = Value("platform_machine", PlatformMachine),
            PlatformPythonImplementation = Value("platform_python_implementation", PlatformPythonImplementation),
            ImplementationName = Value("implementation_name", ImplementationName),
            ImplementationVersion = Value("implementation_version", ImplementationVersion),
        };
    }

    /// <summary>Returns the value of a variable.</summary>
    /// <param name="variable">Its name in a marker.</param>
    /// <returns>The value; <see langword="null"/> if it is not known.</returns>
    public string? ValueOf(string variable) => variable switch
    {
        "python_version" => PythonVersion,
        "python_full_version" => PythonFullVersion,
        "os_name" => OsName,
        "sys_platform" => SysPlatform,
        "platform_release" => PlatformRelease,
        "platform_system" => PlatformSystem,
        "platform_version" => PlatformVersion,
        "platform_machine" => PlatformMachine,
        "platform_python_implementation" => PlatformPythonImplementation,
        "implementation_name" => ImplementationName,
        "implementation_version" => ImplementationVersion,
        _ => null,
    };

    /// <summary>Returns all values that are known.</summary>
    /// <returns>The values by the names of variables, in the order of the names.</returns>
    public SortedDictionary<string, string> ToDictionary()
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in (string[])[
            "python_version", "python_full_version", "os_name", "sys_platform", "platform_release", "platform_system", "platform_version",
            "platform_machine", "platform_python_implementation", "implementation_name", "implementation_version"])
        {
            if (ValueOf(name) is { } value)
            {
                values[name] = value;
            }
        }

        return values;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(
        ", ", ToDictionary().Select(static item => string.Create(CultureInfo.InvariantCulture, $"{item.Key}={item.Value}")));
}
