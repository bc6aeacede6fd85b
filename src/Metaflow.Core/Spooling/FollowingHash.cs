using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Metaflow.Spooling;

/// <summary>Computes the key of bytes while the next ones are read or made: each of the two takes as long as the
/// other.</summary>
[SuppressMessage(
    "Security", "CA5350",
    Justification = "The key is part of Metaflow's format. It identifies content and does not prove who wrote it.")]
internal sealed class FollowingHash : IDisposable
{
    private const int ShortestApart = 1 << 20;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
    private Task _last = Task.CompletedTask;

    /// <summary>Adds bytes, which must not change any more.</summary>
    public void Append(ReadOnlyMemory<byte> bytes)
    {
        _last.GetAwaiter().GetResult();
        if (bytes.Length < ShortestApart)
        {
            _hash.AppendData(bytes.Span);
        }
        else
        {
            _last = Task.Run(() => _hash.AppendData(bytes.Span));
        }
    }

    /// <summary>Adds bytes, which may change when the call has returned.</summary>
    public void AppendNow(ReadOnlySpan<byte> bytes)
    {
        _last.GetAwaiter().GetResult();
        _hash.AppendData(bytes);
    }

    /// <summary>Returns the key of all bytes.</summary>
    public string Finish()
    {
        _last.GetAwaiter().GetResult();
        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    /// <inheritdoc/>
    // Reading may have failed while the bytes before were hashed.
    public void Dispose()
    {
        Task.WaitAny(_last);
        _hash.Dispose();
    }
}
