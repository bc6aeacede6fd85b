namespace Metaflow.Python.Conda.Solving;

/// <summary>The names of virtual packages, and of the variables with which conda lets users replace them.</summary>
internal static class VirtualPackageNames
{
    /// <summary>The version of the driver of NVIDIA's graphics processors, as a version of CUDA.</summary>
    public const string Cuda = "__cuda";

    /// <summary>The version of the C library of GNU.</summary>
    public const string Glibc = "__glibc";

    /// <summary>The version of Linux.</summary>
    public const string Linux = "__linux";

    /// <summary>The version of macOS.</summary>
    public const string MacOS = "__osx";

    /// <summary>The version of Windows.</summary>
    public const string Windows = "__win";

    /// <summary>Any system of the kind of Unix.</summary>
    public const string Unix = "__unix";

    /// <summary>The kind of processor, as the build.</summary>
    public const string Processor = "__archspec";

    /// <summary>How the names of the variables begin.</summary>
    public const string OverridePrefix = "CONDA_OVERRIDE_";

    /// <summary>Says whether a name is that of a virtual package.</summary>
    /// <param name="name">The name.</param>
    /// <returns>Whether it is.</returns>
    public static bool Contains(string name) => name.StartsWith("__", StringComparison.Ordinal);

    /// <summary>Returns the variable that replaces a virtual package.</summary>
    /// <param name="name">The name of the package.</param>
    /// <returns>The name of the variable, such as <c>CONDA_OVERRIDE_GLIBC</c>.</returns>
    public static string Override(string name) => OverridePrefix + name.TrimStart('_').ToUpperInvariant();
}
