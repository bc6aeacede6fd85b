namespace Metaflow.Environments;

/// <summary>The categories of requirements, which say who resolves them. All but <see cref="NuGet"/> and <see cref="DotNet"/> are those
/// of Metaflow's Conda V2 extension, by the same names.</summary>
internal static class Categories
{
    /// <summary>Packages of conda.</summary>
    public const string Conda = "conda";

    /// <summary>Packages of the Python package index.</summary>
    public const string PyPI = "pypi";

    /// <summary>Packages of conda that need no Python.</summary>
    public const string CondaWithoutPython = "npconda";

    /// <summary>Properties of the machine, such as <c>__glibc</c>.</summary>
    public const string System = "sys";

    /// <summary>Packages of NuGet.</summary>
    public const string NuGet = "nuget";

    /// <summary>.NET itself: the framework that packages are chosen for, and the version of the runtime that a step runs on.</summary>
    public const string DotNet = "dotnet";

    /// <summary>The name of <see cref="PyPI"/> in old records.</summary>
    internal const string FormerPyPI = "pip";
}
