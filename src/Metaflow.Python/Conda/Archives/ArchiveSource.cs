namespace Metaflow.Python.Conda.Archives;

/// <summary>A place that may have the file of a package.</summary>
/// <param name="Name">What users know it by.</param>
/// <param name="OpenAsync">Opens the file; the result is <see langword="null"/> when the place lacks it. Who calls disposes it.</param>
internal sealed record ArchiveSource(string Name, Func<ExpectedPackage, CancellationToken, ValueTask<Stream?>> OpenAsync)
{
    /// <summary>Returns a file of this machine as a place.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The place. Its file is read where it is, and not copied.</returns>
    public static ArchiveSource OfFile(string path) => new(path, (_, _) => new ValueTask<Stream?>(
        File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0) : null));
}
