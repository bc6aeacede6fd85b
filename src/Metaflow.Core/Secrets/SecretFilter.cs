using System.Buffers;

namespace Metaflow.Secrets;

/// <summary>Hides secrets in a stream of bytes, however it is cut. Whoever writes the log of a task passes its output through one.</summary>
/// <remarks>The filter learns the secrets beside the stream: nothing in the stream itself is taken out or changes what is hidden. One stream, one filter;
/// not thread-safe, but secrets may be added from other threads.</remarks>
/// <param name="secrets">The secrets.</param>
public sealed class SecretFilter(KnownSecrets secrets)
{
    private byte[] _pending = [];

    /// <summary>Takes bytes of the stream.</summary>
    /// <param name="bytes">The bytes. They are hidden by the secrets that are known now, so that they must be read before this is called.</param>
    /// <returns>What may be shown now; the beginning of what may become a secret is kept back.</returns>
    public ReadOnlyMemory<byte> Take(ReadOnlyMemory<byte> bytes) => Pass(bytes, isEnd: false);

    /// <summary>Ends the stream.</summary>
    /// <returns>What was kept back.</returns>
    public ReadOnlyMemory<byte> Finish() => Pass(default, isEnd: true);

    private ReadOnlyMemory<byte> Pass(ReadOnlyMemory<byte> bytes, bool isEnd)
    {
        var forms = secrets.Forms;
        if (_pending.Length > 0)
        {
            bytes = (byte[])[.. _pending, .. bytes.Span];
            _pending = [];
        }

        // Nearly all output has no secret, and is passed as it is.
        if (forms.CountPlain(bytes.Span) == bytes.Length)
        {
            return bytes;
        }

        var shown = new ArrayBufferWriter<byte>(bytes.Length);
        var rest = bytes.Span;
        while (!rest.IsEmpty)
        {
            var plain = forms.CountPlain(rest);
            shown.Write(rest[..plain]);
            rest = rest[plain..];
            if (rest.IsEmpty)
            {
                break;
            }

            if (!isEnd && forms.MayFollow(rest))
            {
                _pending = rest.ToArray();
                break;
            }

            var length = forms.LengthAt(rest);
            shown.Write(length > 0 ? "***"u8 : rest[..1]);
            rest = rest[Math.Max(1, length)..];
        }

        return shown.WrittenMemory;
    }
}
