using Metaflow.Python.PyPI.Tags;
using Metaflow.Python.PyPI.Versions;

namespace Metaflow.Python.PyPI.Wheels;

/// <summary>Where a Python in a folder of its own looks for packages. Paths are below <paramref name="Prefix"/>, with <c>/</c>.</summary>
/// <param name="Prefix">The absolute path of the folder.</param>
/// <param name="SitePackages">The folder of modules: <c>lib/python3.11/site-packages</c>.</param>
/// <param name="Scripts">The folder of programs: <c>bin</c>.</param>
/// <param name="Headers">The folder of headers: <c>include/python3.11</c>.</param>
/// <param name="Interpreter">Python's own program: <c>bin/python3.11</c>.</param>
/// <param name="System">The operating system that the folder is for.</param>
internal sealed record PrefixLayout(
    string Prefix, string SitePackages, string Scripts, string Headers, string Interpreter, PythonSystem System)
{
    /// <summary>Gets the absolute path that the folder has when its programs run. The default is <see cref="Prefix"/>; another one is for
    /// folders that are renamed when they are complete.</summary>
    public string FinalPrefix { get; init; } = Prefix;

    /// <summary>Gets the absolute path of the folder of modules.</summary>
    public string SitePackagesPath => PathOf(SitePackages);

    /// <summary>Returns the layout of a Python, as conda and Python itself make it.</summary>
    /// <param name="prefix">The absolute path of the folder.</param>
    /// <param name="python">The version of Python; two numbers are enough.</param>
    /// <param name="system">The operating system.</param>
    /// <param name="isFreeThreaded">Whether it is the build without the global lock.</param>
    /// <returns>The layout.</returns>
    public static PrefixLayout Of(string prefix, PythonVersion python, PythonSystem system, bool isFreeThreaded = false)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(prefix));
        if (system == PythonSystem.Windows)
        {
            return new PrefixLayout(root, "Lib/site-packages", "Scripts", "Include", "python.exe", system);
        }

        var name = $"python{python.MajorAndMinor}{(isFreeThreaded ? "t" : "")}";
        return new PrefixLayout(root, $"lib/{name}/site-packages", "bin", $"include/{name}", $"bin/{name}", system);
    }

    /// <summary>Returns the absolute path of a file.</summary>
    /// <param name="path">The path below the folder.</param>
    /// <returns>The path.</returns>
    public string PathOf(string path) => Path.Combine(Prefix, path.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>Returns how a list of installed files names a file: from the folder of modules on.</summary>
    /// <param name="path">The path below the folder.</param>
    /// <returns>The path, such as <c>pkg/a.py</c> or <c>../../../bin/tool</c>.</returns>
    public string ToRecordPath(string path)
        => path.StartsWith(SitePackages + "/", StringComparison.Ordinal) ? path[(SitePackages.Length + 1)..]
            : string.Concat(Enumerable.Repeat("../", SitePackages.Count(static character => character == '/') + 1)) + path;

    /// <summary>Returns the file that a list of installed files names.</summary>
    /// <param name="recordPath">The path from the folder of modules on, or an absolute one.</param>
    /// <returns>The path below the folder, with <c>/</c>; <see langword="null"/> if it is outside.</returns>
    public string? FromRecordPath(string recordPath)
    {
        var path = Path.GetFullPath(Path.Combine(SitePackagesPath, recordPath.Replace('/', Path.DirectorySeparatorChar)));
        return path.StartsWith(Prefix + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path[(Prefix.Length + 1)..].Replace(Path.DirectorySeparatorChar, '/') : null;
    }
}
