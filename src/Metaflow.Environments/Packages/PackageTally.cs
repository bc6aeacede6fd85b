using Metaflow.Environments.Records;
using Metaflow.Running;

namespace Metaflow.Environments.Packages;

/// <summary>Counts packages and bytes while something is done with them, and tells how far it is. Thread-safe.</summary>
/// <remarks>It tells at once that it begins, then ten times a second at most, and finally that it is over.</remarks>
internal sealed class PackageTally : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _bytes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _finished = new(StringComparer.Ordinal);
    private readonly IRunObserver _observer;
    private readonly TimeProvider _time;
    private readonly PackagePhase _phase;
    private readonly int _count;
    private readonly long _length;
    private long _told;

    /// <summary>Begins to count.</summary>
    /// <param name="observer">Learns how far it is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="phase">What is done.</param>
    /// <param name="packages">The packages; none while they are not known.</param>
    public PackageTally(IRunObserver observer, TimeProvider time, PackagePhase phase, IReadOnlyCollection<LockedPackage> packages)
    {
        _observer = observer;
        _time = time;
        _phase = phase;
        _count = packages.Count;
        _length = packages.Sum(static package => package.Length);
        Tell(isOver: false);
    }

    /// <summary>Notes how many bytes of a package are done. It may be fewer than before: what failed begins anew.</summary>
    /// <param name="package">The package.</param>
    /// <param name="bytes">The bytes.</param>
    public void Note(LockedPackage package, long bytes)
    {
        lock (_lock)
        {
            _bytes[package.ContentKey] = bytes;
            if (_time.GetElapsedTime(_told) >= Interval)
            {
                Tell(isOver: false);
            }
        }
    }

    /// <summary>Notes that a package is done.</summary>
    /// <param name="package">The package.</param>
    public void Finish(LockedPackage package)
    {
        lock (_lock)
        {
            _finished.Add(package.ContentKey);
        }

        Note(package, package.Length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            Tell(isOver: true);
        }
    }

    private void Tell(bool isOver)
    {
        _told = _time.GetTimestamp();
        _observer.OnEvent(new RunEvent.PackageProgress(_time.GetUtcNow(), _phase)
        {
            Packages = _finished.Count,
            AllPackages = _count,
            Bytes = _bytes.Values.Sum(),
            AllBytes = _length,
            IsOver = isOver,
        });
    }
}
