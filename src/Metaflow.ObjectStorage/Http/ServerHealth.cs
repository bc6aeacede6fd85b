using System.Collections.Concurrent;
using System.Globalization;
using Metaflow.Storage;

namespace Metaflow.ObjectStorage.Http;

/// <summary>Whether a server answers this process, and what its user was told about that: one sentence when it stops, one when it answers
/// again. Thread-safe.</summary>
/// <param name="server">The server.</param>
internal sealed class ServerHealth(string server)
{
    /// <summary>How long a user may see nothing, before it is said what is waited for.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(3);

    /// <summary>Where some requests fail and others do not, it is not said each time.</summary>
    private static readonly TimeSpan BetweenNotices = TimeSpan.FromMinutes(1);

    private static readonly ConcurrentDictionary<string, ServerHealth> All = new(StringComparer.Ordinal);

    private readonly Lock _lock = new();
    private long _lastTold;
    private volatile bool _isTold;

    /// <summary>Gets a value indicating whether the server has ever answered this process.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>Returns that of a server.</summary>
    /// <param name="server">The server and its port.</param>
    public static ServerHealth Of(string server) => All.GetOrAdd(server, static name => new ServerHealth(name));

    /// <summary>Says that the server does not answer, unless that was said.</summary>
    /// <param name="text">What is asked, why it takes long, and how long it goes on.</param>
    public void TellFailing(string text)
    {
        lock (_lock)
        {
            var now = Environment.TickCount64;
            if (_isTold || (_lastTold > 0 && now - _lastTold < BetweenNotices.TotalMilliseconds))
            {
                return;
            }

            (_isTold, _lastTold) = (true, now);
        }

        StoreNotices.Tell(text);
    }

    /// <summary>Notes that the server answered a request.</summary>
    /// <param name="waited">How long the request took.</param>
    public void NoteAnswer(TimeSpan waited)
    {
        HasAnswered = true;

        // Those that are quickly answered may say nothing of others that are not.
        if (!_isTold || waited < LongestSilence)
        {
            return;
        }

        lock (_lock)
        {
            if (!_isTold)
            {
                return;
            }

            _isTold = false;
        }

        StoreNotices.Tell(string.Create(
            CultureInfo.InvariantCulture, $"The server {server} answers again, after {waited.TotalSeconds:0} seconds."));
    }

    /// <summary>Notes that a request failed for good, which its own error says.</summary>
    public void NoteFailure() => _isTold = false;
}
