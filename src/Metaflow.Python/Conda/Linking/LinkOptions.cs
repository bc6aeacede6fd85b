namespace Metaflow.Python.Conda.Linking;

/// <summary>How an environment is made from packages.</summary>
/// <param name="Subdir">The kind of machine that it is for, such as <c>linux-64</c>.</param>
internal sealed record LinkOptions(string Subdir)
{
    /// <summary>Gets how files come into the environment. The default is the best way that the file system has.</summary>
    public LinkMethod Method { get; init; }

    /// <summary>Gets what happens if two packages have different files of one path. The default is that the environment is not
    /// made.</summary>
    public PathClashes Clashes { get; init; }

    /// <summary>Gets what the environment's history says of its origin. The default is the command that makes environments.</summary>
    public string Command { get; init; } = "metaflow environment create";

    /// <summary>Gets whether the file system takes <c>A</c> and <c>a</c> for one name. The default is to ask it.</summary>
    public bool? FoldsCase { get; init; }

    /// <summary>Gets how many files are written at once. The default is the number of processors, at most 8.</summary>
    public int Parallelism { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 8);

    /// <summary>Gets what signs a changed program of an environment for <c>osx-arm64</c>, by its absolute path. The default is the tool of
    /// macOS on macOS, and nothing elsewhere: such files are listed in the report.</summary>
    public Func<string, CancellationToken, Task>? SignAsync { get; init; } = OperatingSystem.IsMacOS() ? CodeSignature.SignAsync : null;

    /// <summary>Gets a value indicating whether the environment is for Windows.</summary>
    public bool IsForWindows => Subdir.StartsWith("win-", StringComparison.Ordinal);
}

/// <summary>How a file comes from an unpacked package into an environment.</summary>
internal enum LinkMethod
{
    /// <summary>As a clone where the file system makes some, else as another name, else as a copy.</summary>
    Automatic,

    /// <summary>As another name of the same file; as a copy where that is not possible.</summary>
    HardLink,

    /// <summary>As a clone, which shares its bytes until one of the two is changed.</summary>
    Clone,

    /// <summary>As a copy.</summary>
    Copy,
}

/// <summary>What happens if two packages have different files of one path.</summary>
internal enum PathClashes
{
    /// <summary>The environment is not made.</summary>
    Refused,

    /// <summary>The file of the later package is there, as conda does; the report says it.</summary>
    LaterWins,
}
