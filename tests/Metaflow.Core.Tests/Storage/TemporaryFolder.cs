namespace Metaflow.Core.Tests.Storage;

/// <summary>A folder that is deleted at the end of a test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Path = Directory.CreateTempSubdirectory("metaflow-test-").FullName;

    public string Path { get; }

    public string Root => System.IO.Path.Combine(Path, ".metaflow");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
