using Metaflow.Errors;

namespace Metaflow.Copying;

/// <summary>Counts what a copy does, and tells whoever shows it. Thread-safe.</summary>
/// <param name="progress">Is told; <see langword="null"/> for nobody.</param>
internal sealed class CopyTally(IProgress<RunCopyProgress>? progress)
{
    private readonly Lock _lock = new();
    private readonly List<RunCopyProblem> _problems = [];
    private int _tasks;
    private long _sent;
    private long _bytes;
    private long _found;
    private long _passed;

    /// <summary>Gets or sets how many tasks there are.</summary>
    public int AllTasks { get; set; }

    /// <summary>Gets how many objects were sent.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Gets how many bytes they have.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Gets how many objects the target had.</summary>
    public long Found => Interlocked.Read(ref _found);

    /// <summary>Gets what is wrong with the source, by path.</summary>
    public IReadOnlyList<RunCopyProblem> Problems
    {
        get
        {
            lock (_lock)
            {
                return [.. _problems.OrderBy(static problem => problem.Path, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Counts tasks that are done.</summary>
    /// <param name="count">How many.</param>
    public void AddTasks(int count)
    {
        Interlocked.Add(ref _tasks, count);
        Tell();
    }

    /// <summary>Counts objects that were sent, or would be.</summary>
    /// <param name="count">How many.</param>
    /// <param name="bytes">Their lengths.</param>
    public void AddSent(int count, long bytes)
    {
        Interlocked.Add(ref _sent, count);
        Interlocked.Add(ref _bytes, bytes);
        Tell();
    }

    /// <summary>Counts objects that the target had.</summary>
    /// <param name="count">How many.</param>
    public void AddFound(int count) => Interlocked.Add(ref _found, count);

    /// <summary>Counts bytes on their way.</summary>
    /// <param name="bytes">How many.</param>
    public void AddPassed(int bytes)
    {
        Interlocked.Add(ref _passed, bytes);
        Tell();
    }

    /// <summary>Notes what is wrong with an object of the source, or why the target cannot hold it.</summary>
    /// <param name="path">Its path relative to the root.</param>
    /// <param name="error">What is wrong.</param>
    public void AddProblem(string path, MetaflowException error)
    {
        lock (_lock)
        {
            _problems.Add(new RunCopyProblem(path, error.Code, error.What));
        }
    }

    private void Tell()
        => progress?.Report(new RunCopyProgress(
            Volatile.Read(ref _tasks), AllTasks, Sent, Math.Max(Bytes, Interlocked.Read(ref _passed)), Found));
}
