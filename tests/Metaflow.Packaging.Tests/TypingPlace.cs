namespace Metaflow.Packaging.Tests;

/// <summary>Has what the reader of a page has: an empty home, a folder to work in, and a folder that stands for a clone of the
/// repository.</summary>
public sealed class TypingPlace : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("metaflow-typing-").FullName;

    /// <summary>Makes an empty home.</summary>
    /// <param name="packages">The packages, which lie in the clone as if they had been made there.</param>
    public TypingPlace(PackedPackages packages)
    {
        ArgumentNullException.ThrowIfNull(packages);
        Home = new EmptyHome(_place);
        Home.Set("PYTHONPATH", Python);
        Directory.CreateDirectory(Path.Combine(Clone, "artifacts"));
        Directory.CreateSymbolicLink(Path.Combine(Clone, "artifacts", "packages"), packages.Feed);
    }

    /// <summary>Gets the folder of Metaflow's Python client; empty where there is none.</summary>
    internal static string Python { get; } = Environment.GetEnvironmentVariable("METAFLOW_PYTHON_REFERENCE") ?? "";

    internal string Clone => Path.Combine(_place, "clone");

    internal EmptyHome Home { get; }

    public void Dispose() => Directory.Delete(_place, recursive: true);

    /// <summary>Makes an empty folder for a page.</summary>
    internal string MakeFolder(string page)
        => Directory.CreateDirectory(Path.Combine(_place, "work", Path.GetFileNameWithoutExtension(page))).FullName;
}
