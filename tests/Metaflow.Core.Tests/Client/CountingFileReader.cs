using System.Collections.Concurrent;
using Metaflow.Platform;

namespace Metaflow.Core.Tests.Client;

/// <summary>Counts how often each file is opened.</summary>
internal sealed class CountingFileReader : IFileReader
{
    private readonly DiskFileReader _disk = new();

    public ConcurrentDictionary<string, int> Opens { get; } = new();

    public Stream? Open(string path)
    {
        Opens.AddOrUpdate(path, 1, static (_, count) => count + 1);
        return _disk.Open(path);
    }

    public FileState? State(string path) => _disk.State(path);

    public IReadOnlyList<(string Name, bool IsFolder)> List(string folder) => _disk.List(folder);
}
