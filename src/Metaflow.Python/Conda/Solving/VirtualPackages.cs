using Metaflow.Errors;
using Metaflow.Python.Conda.Matching;
using Metaflow.Python.Conda.Versions;

namespace Metaflow.Python.Conda.Solving;

/// <summary>The virtual packages of a platform.</summary>
internal static class VirtualPackages
{
    private static readonly string[] Replaceable =
    [
        VirtualPackageNames.Cuda, VirtualPackageNames.Glibc, VirtualPackageNames.Linux, VirtualPackageNames.MacOS,
        VirtualPackageNames.Windows, VirtualPackageNames.Processor,
    ];

    /// <summary>Returns the virtual packages of a platform: those of this machine if it is of the platform, otherwise the
    /// defaults.</summary>
    /// <param name="platform">The platform, such as <c>linux-64</c>.</param>
    /// <param name="overrides">Values of variables <c>CONDA_OVERRIDE_…</c> by their names; an empty value removes the package. Other names
    /// are ignored.</param>
    /// <returns>The packages, by name.</returns>
    /// <exception cref="EnvironmentException">MF7058: a value is no version.</exception>
    public static IReadOnlyList<VirtualPackage> Of(string platform, IReadOnlyDictionary<string, string> overrides)
        => Of(platform, overrides, new MachineProbe());

    /// <summary>Returns the virtual packages of a platform.</summary>
    /// <param name="platform">The platform.</param>
    /// <param name="overrides">Values that replace packages.</param>
    /// <param name="machine">What this machine is.</param>
    /// <returns>The packages, by name.</returns>
    /// <exception cref="EnvironmentException">MF7058: a value is no version.</exception>
    public static IReadOnlyList<VirtualPackage> Of(
        string platform, IReadOnlyDictionary<string, string> overrides, MachineProbe machine)
    {
        var found = new SortedDictionary<string, VirtualPackage>(StringComparer.Ordinal);
        foreach (var package in platform == machine.Platform ? Detected(machine) : Defaults(platform))
        {
            found[package.Name] = package;
        }

        foreach (var name in Replaceable)
        {
            if (overrides.TryGetValue(VirtualPackageNames.Override(name), out var value))
            {
                Replace(found, name, value.Trim());
            }
        }

        return [.. found.Values];
    }

    /// <summary>Returns the variables with which another program takes virtual packages for those of the machine.</summary>
    /// <param name="packages">The packages.</param>
    /// <returns>Values by the names of variables; an empty value for a package that is not there.</returns>
    public static IReadOnlyDictionary<string, string> OverridesOf(IReadOnlyList<VirtualPackage> packages)
        => Replaceable.ToDictionary(
            VirtualPackageNames.Override,
            name => packages.FirstOrDefault(package => package.Name == name) is not { } found ? ""
                : name == VirtualPackageNames.Processor ? found.Build : found.Version.Text,
            StringComparer.Ordinal);

    /// <summary>Returns the virtual packages that are assumed of a platform that is not this machine's.</summary>
    /// <param name="platform">The platform.</param>
    /// <returns>The packages.</returns>
    public static IReadOnlyList<VirtualPackage> Defaults(string platform)
    {
        var system = platform.Split('-')[0];
        var processor = Processor(platform);
        VirtualPackage[] packages = system switch
        {
            // Of the C library, the oldest that is still common: what is resolved for another machine must run there.
            "linux" => [New(VirtualPackageNames.Unix), New(VirtualPackageNames.Linux), New(VirtualPackageNames.Glibc, "2.27")],
            "osx" => [New(VirtualPackageNames.Unix), New(VirtualPackageNames.MacOS, "11.0")],
            "win" => [New(VirtualPackageNames.Windows)],
            "emscripten" or "wasi" or "freebsd" or "zos" => [New(VirtualPackageNames.Unix)],
            _ => [],
        };
        return processor is null ? packages : [.. packages, New(VirtualPackageNames.Processor, "1", processor)];
    }

    private static string? Processor(string platform) => platform[(platform.IndexOf('-', StringComparison.Ordinal) + 1)..] switch
    {
        "64" => "x86_64",
        "32" => "x86",
        "noarch" or "z" or "" => null,
        var other => other,
    };

    private static IEnumerable<VirtualPackage> Detected(MachineProbe machine)
    {
        if (machine.LinuxVersion is { } linux)
        {
            yield return New(VirtualPackageNames.Linux, linux);
        }

        if (machine.GlibcVersion is { } glibc)
        {
            yield return New(VirtualPackageNames.Glibc, glibc);
        }

        if (machine.MacOSVersion is { } mac)
        {
            yield return New(VirtualPackageNames.MacOS, mac);
        }

        yield return machine.WindowsVersion is { } windows
            ? New(VirtualPackageNames.Windows, windows)
            : New(VirtualPackageNames.Unix);
        if (machine.CudaVersion is { } cuda)
        {
            yield return New(VirtualPackageNames.Cuda, cuda);
        }

        if (machine.Processor is { } processor)
        {
            yield return New(VirtualPackageNames.Processor, "1", processor);
        }
    }

    private static VirtualPackage New(string name, string version = "0", string build = "0")
        => new(name, CondaVersion.Parse(version), build);

    private static void Replace(SortedDictionary<string, VirtualPackage> found, string name, string value)
    {
        if (value.Length == 0)
        {
            found.Remove(name);
        }
        else if (name == VirtualPackageNames.Processor)
        {
            found[name] = New(name, "1", value);
        }
        else if (CondaVersion.TryParse(value, out var version))
        {
            found[name] = new VirtualPackage(name, version, "0");
        }
        else
        {
            throw new EnvironmentException(
                ErrorCodes.VirtualPackageUnreadable,
                $"The virtual package '{name}' cannot be replaced.",
                $"'{value}', the value of {VirtualPackageNames.Override(name)}, is no version.",
                $"Set {VirtualPackageNames.Override(name)} to a version such as 2.28, or to nothing to remove the package.");
        }
    }
}
