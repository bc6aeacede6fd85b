using System.Buffers;

namespace Metaflow.Secrets;

/// <summary>Hides secrets in a stream of bytes, however it is cut. Whoever writes the log of a task passes its output through
/// one.</summary>
/// <remarks>The filter learns the secrets beside the stream: nothing in the stream itself is taken out or changes what is hidden. One
/// stream, one filter; not thread-safe, but secrets may be added from other threads.</remarks>
internal sealed class SecretFilter
{
    // Of a longer secret, only its last bytes are looked at for the beginning of another one.
    private const int LongestOverlap = 4096;

    private readonly Func<SecretForms> _forms;
    private byte[] _pending = [];

    // How many of the pending bytes are of a secret that is shown as hidden already.
    private int _hidden;

    /// <summary>Initializes a filter.</summary>
    /// <param name="secrets">The secrets.</param>
    public SecretFilter(KnownSecrets secrets)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        _forms = () => secrets.Forms;
    }

    internal SecretFilter(SecretForms forms) => _forms = () => forms;

    /// <summary>Takes bytes of the stream.</summary>
    /// <param name="bytes">The bytes. They are hidden by the secrets that are known now, so that they must be read before this is
    /// called.</param>
    /// <returns>What may be shown now; the beginning of what may become a secret is kept back.</returns>
    public ReadOnlyMemory<byte> Take(ReadOnlyMemory<byte> bytes) => Pass(bytes, isEnd: false);

    /// <summary>Ends the stream.</summary>
    /// <returns>What was kept back.</returns>
    public ReadOnlyMemory<byte> Finish() => Pass(default, isEnd: true);

    private ReadOnlyMemory<byte> Pass(ReadOnlyMemory<byte> bytes, bool isEnd)
    {
        var forms = _forms();
        if (_pending.Length > 0)
        {
            bytes = (byte[])[.. _pending, .. bytes.Span];
            _pending = [];
        }

        // Nearly all output has no secret, and is passed as it is.
        return _hidden == 0 && forms.CountPlain(bytes.Span) == bytes.Length ? bytes : Hide(bytes.Span, forms, isEnd);
    }

    /// <summary>Looks on inside a secret too: where another one begins there, its rest is hidden as well.</summary>
    private ReadOnlyMemory<byte> Hide(ReadOnlySpan<byte> bytes, SecretForms forms, bool isEnd)
    {
        var shown = new ArrayBufferWriter<byte>(bytes.Length);
        var hidden = _hidden;
        _hidden = 0;
        for (var at = 0; at < bytes.Length; at++)
        {
            var plain = at < hidden ? 0 : forms.CountPlain(bytes[at..]);
            shown.Write(bytes.Slice(at, plain));
            at = Math.Max(at + plain, hidden - LongestOverlap);
            if (at == bytes.Length)
            {
                break;
            }

            var length = forms.LengthAt(bytes[at..], isEnd);
            if (length == SecretPattern.More)
            {
                _pending = bytes[at..].ToArray();
                _hidden = Math.Max(0, hidden - at);
                break;
            }

            if (at >= hidden)
            {
                shown.Write(length > 0 ? "***"u8 : bytes.Slice(at, 1));
            }

            hidden = length > 0 ? Math.Max(hidden, at + length) : hidden;
        }

        return shown.WrittenMemory;
    }
}
