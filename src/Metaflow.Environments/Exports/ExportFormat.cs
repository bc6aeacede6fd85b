namespace Metaflow.Environments.Exports;

/// <summary>The formats in which other programs can read an environment.</summary>
internal static class ExportFormat
{
    /// <summary>A lock file of NuGet.</summary>
    public const string LockFile = "packages.lock.json";

    /// <summary>The items of a project.</summary>
    public const string Project = "csproj";

    /// <summary>Lines of a <c>requirements.txt</c> as <c>metaflow environment resolve</c> reads it.</summary>
    public const string Requirements = "requirements";

    /// <summary>An <c>environment.yml</c> of conda.</summary>
    public const string Yaml = "environment.yml";

    /// <summary>The addresses of packages of conda, as conda installs them without looking for any.</summary>
    public const string Explicit = "explicit";

    /// <summary>A lock file of conda-lock.</summary>
    public const string CondaLock = "conda-lock.yml";

    /// <summary>A lock file of pixi.</summary>
    public const string Pixi = "pixi.lock";

    /// <summary>The lock file of PEP 751, for packages of the Python package index.</summary>
    public const string Pylock = "pylock.toml";

    /// <summary>Gets all formats. <c>uv.lock</c> is none: it locks a project, which an environment does not have.</summary>
    public static IReadOnlyList<string> All { get; } = [LockFile, Project, Requirements, Yaml, Explicit, CondaLock, Pixi, Pylock];
}
