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

    /// <summary>Gets all formats.</summary>
    public static IReadOnlyList<string> All { get; } = [LockFile, Project, Requirements, Yaml, Explicit];
}
