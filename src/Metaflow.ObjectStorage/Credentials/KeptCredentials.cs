using Metaflow.Errors;

namespace Metaflow.ObjectStorage.Credentials;

/// <summary>Credentials that may end.</summary>
internal interface IExpiringCredentials
{
    /// <summary>Gets when they end; <see langword="null"/> for credentials that stay.</summary>
    DateTimeOffset? ExpiresAt { get; }
}

/// <summary>Credentials that are found once for all who ask, and renewed before they end. Thread-safe.</summary>
/// <typeparam name="T">What the credentials are.</typeparam>
/// <param name="find">Finds them. A failure whose cause is an <see cref="IOException"/> may pass.</param>
/// <param name="time">The clock.</param>
internal sealed class KeptCredentials<T>(Func<ValueTask<T>> find, TimeProvider time)
    where T : class, IExpiringCredentials
{
    /// <summary>Credentials that end sooner than this are renewed: a request may take a while.</summary>
    private static readonly TimeSpan Reserve = TimeSpan.FromMinutes(5);

    private const int MostTries = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);

    /// <summary>Some services give the same credentials until they end.</summary>
    private static readonly TimeSpan PauseBetween = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private Task<T>? _finding;
    private T? _current;
    private DateTimeOffset _askAgainAt;

    /// <summary>Returns the credentials that are valid now.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public ValueTask<T> GetAsync(CancellationToken cancellationToken)
        => Volatile.Read(ref _current) is { } current && IsGood(current)
            ? ValueTask.FromResult(current)
            : new ValueTask<T>(RenewAsync(cancellationToken));

    /// <summary>Forgets credentials that a server did not accept, so that others are found.</summary>
    /// <returns>Whether there were any.</returns>
    public bool TryForget() => Interlocked.Exchange(ref _current, null) is not null;

    /// <summary>Finds credentials once for all who ask at the same time.</summary>
    private async Task<T> RenewAsync(CancellationToken cancellationToken)
    {
        Task<T> finding;
        lock (_gate)
        {
            finding = _finding ??= Task.Run(KeepAsync, CancellationToken.None);
        }

        return await finding.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> KeepAsync()
    {
        try
        {
            var found = await FindPatientlyAsync().ConfigureAwait(false);
            _askAgainAt = time.GetUtcNow() + PauseBetween;
            Volatile.Write(ref _current, found);
            return found;
        }
        catch (ConfigurationException) when (_current is { ExpiresAt: { } end } current && end > time.GetUtcNow())
        {
            // They are good for a while yet, and the service may be better then.
            _askAgainAt = time.GetUtcNow() + PauseBetween;
            return current;
        }
        finally
        {
            lock (_gate)
            {
                _finding = null;
            }
        }
    }

    /// <summary>Asks several times: a service may have no time for one of many tasks.</summary>
    private async ValueTask<T> FindPatientlyAsync()
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await find().ConfigureAwait(false);
            }
            catch (ConfigurationException error) when (tries < MostTries && error.InnerException is IOException)
            {
                await Task.Delay(FirstPause * tries, time).ConfigureAwait(false);
            }
        }
    }

    private bool IsGood(T credentials)
        => credentials.ExpiresAt is not { } end || end - time.GetUtcNow() > Reserve
            || (end > time.GetUtcNow() && _askAgainAt > time.GetUtcNow());
}
