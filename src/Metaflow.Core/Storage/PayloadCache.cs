using System.Diagnostics.CodeAnalysis;

namespace Metaflow.Storage;

/// <summary>Keeps small payloads in memory, so that values shared by many tasks are read once.</summary>
/// <param name="capacity">The most bytes to keep.</param>
internal sealed class PayloadCache(long capacity)
{
    private const int LargestPayload = 1 << 20;

    private readonly Dictionary<string, byte[]> _payloads = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private long _size;

    /// <summary>Looks a payload up.</summary>
    /// <param name="key">The key.</param>
    /// <param name="payload">The payload, which must not be changed.</param>
    /// <returns>Whether it is kept.</returns>
    public bool TryGet(string key, [NotNullWhen(true)] out byte[]? payload)
    {
        lock (_lock)
        {
            return _payloads.TryGetValue(key, out payload);
        }
    }

    /// <summary>Keeps a payload if it is small.</summary>
    /// <param name="key">The key.</param>
    /// <param name="payload">The payload.</param>
    public void Add(string key, byte[] payload)
    {
        if (payload.Length > LargestPayload)
        {
            return;
        }

        lock (_lock)
        {
            if (_size + payload.Length > capacity)
            {
                _payloads.Clear();
                _size = 0;
            }

            _size += _payloads.TryAdd(key, payload) ? payload.Length : 0;
        }
    }
}
