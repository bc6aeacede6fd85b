using System.Globalization;
using Metaflow.ObjectStorage.Http;

namespace Metaflow.ObjectStorage.Transfer;

/// <summary>The tries of one request: whether there is another one, and what the user hears when they take long.</summary>
/// <param name="service">The service.</param>
/// <param name="settings">How requests are sent.</param>
/// <param name="what">What cannot be done when the request fails, as a sentence.</param>
/// <param name="isPatient">Whether a server that never answered this process is asked as often as others. A task's first request may come
/// in the middle of an outage; the first one of a command has probably a wrong address.</param>
/// <param name="time">The clock.</param>
internal sealed class RequestTries(IObjectService service, TransferSettings settings, string what, bool isPatient, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(20);

    /// <summary>How long a server that never answered is tried to be connected to.</summary>
    private static readonly TimeSpan LongestFirstConnection = TimeSpan.FromSeconds(3);

    /// <summary>A server that is silent takes a minute for each try: then the time decides, not their number.</summary>
    private static readonly TimeSpan LongestSilences = TimeSpan.FromMinutes(1);

    private const int FewestTries = 3;

    private readonly long _start = time.GetTimestamp();

    /// <summary>Gets how often the request was sent, this time included.</summary>
    public int Count { get; private set; } = 1;

    /// <summary>Gets a value indicating whether the request was sent as often, or for as long, as the settings have it.</summary>
    public bool AreUsedUp => Count > settings.Retries || (Count > FewestTries && Elapsed > Left(1) + LongestSilences);

    private ServerHealth Health => ServerHealth.Of(service.Server);

    private TimeSpan Elapsed => time.GetElapsedTime(_start);

    /// <summary>Notes that there is an answer that counts.</summary>
    public void NoteAnswer() => Health.NoteAnswer(Elapsed);

    /// <summary>Returns the error if the request is not sent again.</summary>
    /// <param name="why">What happened.</param>
    /// <param name="cause">What was thrown, or <see langword="null"/>.</param>
    /// <param name="isWrite">Whether something was to be written.</param>
    /// <returns>The error; <see langword="null"/> while another try may succeed.</returns>
    public Errors.StorageException? FinalError(string why, Exception? cause, bool isWrite)
    {
        var noConnection = cause as NoConnectionException;
        var isFirst = noConnection is not null && !Health.HasAnswered;
        var isFinal = noConnection is { IsFinal: true } || AreUsedUp
            || (isFirst && !isPatient && Elapsed + PauseAfter(Count) > LongestFirstConnection);
        if (!isFinal)
        {
            return null;
        }

        Health.NoteFailure();
        return ObjectErrors.Unreachable(
            what, service.Server, Count, why, cause, isWrite,
            noConnection?.Setting is { } variable ? $"the proxy, which {variable} names"
                : isFirst || noConnection is { IsFinal: true } ? $"the server's address, which {settings.ServerSetting} says"
                : null);
    }

    /// <summary>Returns how long to wait before the request is sent again, and says so when it takes long.</summary>
    /// <param name="why">Why it is sent again.</param>
    public TimeSpan NextPause(string why)
    {
        var pause = PauseAfter(Count) * (0.5 + (Random.Shared.NextDouble() / 2));
        if (Elapsed + pause >= ServerHealth.LongestSilence)
        {
            Health.TellFailing(string.Create(
                CultureInfo.InvariantCulture,
                $"Waiting for the server {service.Server}. {what} It failed {Count} times, the last time with: "
                    + $"{ObjectErrors.Sentence(why)} It is tried again for about {Text(Left(Count))}. A lower {settings.RetriesSetting}, "
                    + $"which is {settings.Retries}, gives up sooner."));
        }

        Count++;
        return pause;
    }

    /// <summary>Returns how long all pauses take from a try on.</summary>
    private TimeSpan Left(int from)
    {
        var left = TimeSpan.Zero;
        for (var tries = from; tries <= settings.Retries; tries++)
        {
            left += PauseAfter(tries) * 0.75;
        }

        return left;
    }

    private static TimeSpan PauseAfter(int tries)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(tries - 1, 16));
        return pause < LongestPause ? pause : LongestPause;
    }

    private static string Text(TimeSpan time) => time.TotalSeconds < 90
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, time.TotalSeconds):0} seconds")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} minutes");
}
