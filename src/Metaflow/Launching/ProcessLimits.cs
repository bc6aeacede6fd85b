using Metaflow.Errors;
using Metaflow.Platform;

namespace Metaflow.Launching;

/// <summary>Ends a task's process from outside when it runs for too long or takes too much memory.</summary>
internal sealed class ProcessLimits : IDisposable
{
    /// <summary>How often the memory is looked at.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private const long Megabyte = 1024 * 1024;
    private readonly LaunchRequest _request;
    private readonly int _processId;
    private readonly Action _kill;
    private readonly LongTimer? _deadline;
    private readonly ITimer? _memory;
    private LaunchException? _exceeded;

    /// <summary>Starts to watch.</summary>
    /// <param name="request">What was started, with its limits.</param>
    /// <param name="processId">The process.</param>
    /// <param name="time">The clock.</param>
    /// <param name="kill">Kills the process with all that it started.</param>
    public ProcessLimits(LaunchRequest request, int processId, TimeProvider time, Action kill)
    {
        _request = request;
        _processId = processId;
        _kill = kill;
        _deadline = request.Deadline is { } deadline ? new LongTimer(time, deadline, () => Expire(deadline)) : null;
        _memory = request.MemoryLimitMB is { } limit ? time.CreateTimer(_ => LookAtMemory(limit), null, Interval, Interval) : null;
    }

    /// <summary>Gets the limit that the process exceeded, or <see langword="null"/>.</summary>
    public LaunchException? Exceeded => _exceeded;

    /// <summary>Gets what kind of failure it is to exceed that limit; <see cref="FailureKinds.None"/> while none is exceeded.</summary>
    public FailureKinds Kind => _exceeded?.Code switch
    {
        null => FailureKinds.None,
        ErrorCodes.MemoryExceeded => FailureKinds.OutOfMemory,
        _ => FailureKinds.TimedOut,
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        _deadline?.Dispose();
        _memory?.Dispose();
    }

    private void Expire(TimeSpan deadline) => End(new LaunchException(
        ErrorCodes.DeadlineExceeded,
        $"The process of task '{_request.Task.WithoutFlow}' was still running {deadline:c} after its start, so it was killed.",
        "It did not end by itself when its [Timeout] was over: it was suspended, or its threads do not end.",
        "Let the step react to 'Current.CancellationToken', or give it more time."));

    private void LookAtMemory(int limit)
    {
        if (ResidentBytes() is { } bytes && bytes > limit * Megabyte)
        {
            End(new LaunchException(
                ErrorCodes.MemoryExceeded,
                $"Task '{_request.Task.WithoutFlow}' used {bytes / Megabyte} MB of memory, so it was killed.",
                $"Its step asks for {limit} MB: [Resources(MemoryMB = {limit})].",
                "Ask for more memory, or let the step use less."));
        }
    }

    private long? ResidentBytes()
    {
        try
        {
            return ProcessMemory.ResidentBytesOfTree(_processId);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or OutOfMemoryException or FormatException)
        {
            // No file is left, or a process ended while it was read: the next look is soon.
            return null;
        }
    }

    private void End(LaunchException error)
    {
        if (Interlocked.CompareExchange(ref _exceeded, error, null) is null)
        {
            _kill();
        }
    }
}
