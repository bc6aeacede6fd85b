namespace Metaflow.ObjectStorage.Data;

/// <summary>Counts what a call has moved, and tells who wants to know. Thread-safe.</summary>
/// <param name="progress">Who wants to know, or <see langword="null"/>.</param>
/// <param name="total">The number of objects.</param>
internal sealed class TransferCount(IProgress<DataProgress>? progress, int total)
{
    /// <summary>Whoever shows a progress wants some numbers a second, not thousands.</summary>
    private const long BytesBetweenReports = 1 << 20;

    private long _bytes;
    private long _reported;
    private int _objects;

    /// <summary>Counts bytes.</summary>
    /// <param name="bytes">How many.</param>
    public void AddBytes(long bytes)
    {
        var sum = Interlocked.Add(ref _bytes, bytes);
        var reported = Volatile.Read(ref _reported);
        if (progress is not null && sum - reported >= BytesBetweenReports
            && Interlocked.CompareExchange(ref _reported, sum, reported) == reported)
        {
            Report();
        }
    }

    /// <summary>Counts an object that is done.</summary>
    public void AddObject()
    {
        Interlocked.Increment(ref _objects);
        Report();
    }

    private void Report()
        => progress?.Report(new DataProgress(Volatile.Read(ref _objects), total, Interlocked.Read(ref _bytes)));
}
