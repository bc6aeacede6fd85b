namespace Metaflow.Python.Conda.Archives;

/// <summary>A file that a package brings into an environment.</summary>
/// <param name="Path">Where it is in the package, with <c>/</c>.</param>
/// <param name="Entry">What was unpacked.</param>
internal sealed record PackagePath(string Path, ContentEntry Entry)
{
    /// <summary>Gets the path of the environment in which the package was built, which stands in the file. The default is
    /// <see langword="null"/>: it has none.</summary>
    public string? Placeholder { get; init; }

    /// <summary>Gets a value indicating whether the file is not text, so that its length must stay. The default is
    /// <see langword="false"/>.</summary>
    public bool IsBinary { get; init; }

    /// <summary>Gets a value indicating whether the file must be copied, since environments change it. The default is
    /// <see langword="false"/>.</summary>
    public bool IsCopied { get; init; }
}

/// <summary>A command that a package for any Python brings.</summary>
/// <param name="Command">The name of the command.</param>
/// <param name="Module">The module.</param>
/// <param name="Function">The function in it, which may be a member of an object.</param>
internal sealed record EntryPoint(string Command, string Module, string Function);

/// <summary>Whether a package is for every kind of machine.</summary>
internal enum NoArch
{
    /// <summary>For one kind.</summary>
    None,

    /// <summary>For every kind.</summary>
    Generic,

    /// <summary>For every kind and every Python: its modules go to where the environment's Python has them.</summary>
    Python,
}
