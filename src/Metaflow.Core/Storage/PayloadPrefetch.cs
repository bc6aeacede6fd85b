using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Metaflow.Storage;

/// <summary>Payloads that are loaded before they are asked for, some at the same time. Each is given out once.</summary>
/// <remarks>It is a guess, and never more: what nobody asks for is dropped with this object, and what could not be loaded is loaded again
/// when it is asked for, and then fails with the reason.</remarks>
/// <param name="load">Loads one.</param>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle nobody asks for holds nothing to give back.")]
internal sealed class PayloadPrefetch(Func<StoredPayload, Task<byte[]>> load)
{
    private const int Width = 16;
    private const long MostBytes = 64 << 20;

    private readonly ConcurrentDictionary<string, Task<byte[]?>> _loading = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _slots = new(Width);
    private long _bytes;

    /// <summary>Begins to load payloads, as far as they fit into what may be held.</summary>
    /// <param name="payloads">The payloads.</param>
    public void Begin(IEnumerable<StoredPayload> payloads)
    {
        foreach (var payload in payloads)
        {
            if (_loading.ContainsKey(payload.Key))
            {
                continue;
            }

            if (Interlocked.Add(ref _bytes, payload.Length) > MostBytes)
            {
                Interlocked.Add(ref _bytes, -payload.Length);
                continue;
            }

            _loading.GetOrAdd(payload.Key, _ => Task.Run(() => TryLoadAsync(payload)));
        }
    }

    /// <summary>Gives out a payload.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The payload, or <see langword="null"/> when it could not be loaded; <see langword="null"/> itself when it is not
    /// here.</returns>
    public Task<byte[]?>? Take(string key) => _loading.TryRemove(key, out var loading) ? loading : null;

    [SuppressMessage("Design", "CA1031", Justification = "Whatever goes wrong, in a package's store too, the step's own read tells.")]
    private async Task<byte[]?> TryLoadAsync(StoredPayload payload)
    {
        await _slots.WaitAsync().ConfigureAwait(false);
        try
        {
            return await load(payload).ConfigureAwait(false);
        }
        catch (Exception)
        {
            return null;
        }
        finally
        {
            _slots.Release();
        }
    }
}
