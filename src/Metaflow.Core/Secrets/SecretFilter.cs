using System.Buffers;
using System.Text;

namespace Metaflow.Secrets;

/// <summary>Hides secrets in a stream of bytes. The stream may begin with their announcement (<see cref="Announce"/>), which is taken out of it.</summary>
/// <remarks>The announcement is written before any of the author's code runs, so that nobody else can. One stream, one filter; not thread-safe.</remarks>
public sealed class SecretFilter
{
    private static readonly byte[] Magic = "\0metaflow-secrets:"u8.ToArray();
    private readonly List<byte> _pending = [];
    private byte[][] _forms = [];
    private bool _hasBegun;

    /// <summary>Returns the announcement of secrets.</summary>
    /// <param name="values">The secrets.</param>
    /// <returns>The text to begin a stream with; it has characters of ASCII only.</returns>
    public static string Announce(IEnumerable<string> values)
        => $"{Encoding.ASCII.GetString(Magic)}{Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Join('\0', values)))}\n";

    /// <summary>Takes bytes of the stream.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <returns>What may be shown now; the beginning of what may become a secret is kept back.</returns>
    public byte[] Take(ReadOnlySpan<byte> bytes)
    {
        _pending.AddRange(bytes);
        return _hasBegun || TryBegin() ? Pass(isEnd: false) : [];
    }

    /// <summary>Ends the stream.</summary>
    /// <returns>What was kept back.</returns>
    public byte[] Finish() => Pass(isEnd: true);

    /// <summary>Reads the announcement, or sees that there is none.</summary>
    private bool TryBegin()
    {
        var pending = _pending.ToArray();
        var known = Math.Min(pending.Length, Magic.Length);
        if (!pending.AsSpan(0, known).SequenceEqual(Magic.AsSpan(0, known)))
        {
            return _hasBegun = true;
        }

        var end = Array.IndexOf(pending, (byte)'\n');
        if (end < 0)
        {
            return false;
        }

        var values = Encoding.UTF8.GetString(Convert.FromBase64String(Encoding.ASCII.GetString(pending, Magic.Length, end - Magic.Length))).Split('\0');
        _forms = [.. new SecretMask(values).Forms.Select(Encoding.UTF8.GetBytes)];
        _pending.RemoveRange(0, end + 1);
        return _hasBegun = true;
    }

    private byte[] Pass(bool isEnd)
    {
        var bytes = _pending.ToArray();
        _pending.Clear();
        var shown = new ArrayBufferWriter<byte>(bytes.Length + 1);
        for (var i = 0; i < bytes.Length;)
        {
            var rest = bytes.AsSpan(i);
            if (!isEnd && MayBecomeSecret(rest))
            {
                _pending.AddRange(rest);
                break;
            }

            var length = LengthOfSecret(rest);
            shown.Write(length > 0 ? "***"u8 : rest[..1]);
            i += Math.Max(1, length);
        }

        return shown.WrittenSpan.ToArray();
    }

    private bool MayBecomeSecret(ReadOnlySpan<byte> rest)
    {
        foreach (var form in _forms)
        {
            if (form.Length > rest.Length && form.AsSpan(0, rest.Length).SequenceEqual(rest))
            {
                return true;
            }
        }

        return false;
    }

    private int LengthOfSecret(ReadOnlySpan<byte> rest)
    {
        foreach (var form in _forms)
        {
            if (rest.StartsWith(form))
            {
                return form.Length;
            }
        }

        return 0;
    }
}
