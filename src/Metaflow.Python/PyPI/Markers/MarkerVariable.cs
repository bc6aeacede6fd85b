namespace Metaflow.Python.PyPI.Markers;

/// <summary>The variables of markers (PEP 508 and PEP 751), and the names that they had before.</summary>
internal static class MarkerVariable
{
    /// <summary>The extra for which a dependency is wanted.</summary>
    public const string Extra = "extra";

    /// <summary>All extras that are wanted, in lock files.</summary>
    public const string Extras = "extras";

    /// <summary>All groups of dependencies that are wanted, in lock files.</summary>
    public const string Groups = "dependency_groups";

    /// <summary><c>major.minor</c> of Python.</summary>
    public const string PythonVersion = "python_version";

    /// <summary>The whole version of Python.</summary>
    public const string PythonFullVersion = "python_full_version";

    private static readonly string[] Names =
    [
        PythonVersion, PythonFullVersion, "os_name", "sys_platform", "platform_release", "platform_system", "platform_version",
        "platform_machine", "platform_python_implementation", "implementation_name", "implementation_version", Extra, Extras, Groups,
    ];

    private static readonly (string Former, string Name)[] FormerNames =
    [
        ("os.name", "os_name"), ("sys.platform", "sys_platform"), ("platform.version", "platform_version"),
        ("platform.machine", "platform_machine"), ("platform.python_implementation", "platform_python_implementation"),
        ("python_implementation", "platform_python_implementation"),
    ];

    /// <summary>Returns the variable that a word stands for.</summary>
    /// <param name="word">The word.</param>
    /// <returns>The name that the variable has today; <see langword="null"/> if the word is no variable.</returns>
    public static string? Find(string word)
        => Array.IndexOf(Names, word) >= 0 ? word : Array.Find(FormerNames, item => item.Former == word).Name;
}
