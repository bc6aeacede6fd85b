using System.Buffers;

namespace Metaflow.Secrets;

/// <summary>The sequences of bytes that a filter hides.</summary>
/// <param name="forms">The sequences, none of them empty.</param>
internal sealed class SecretForms(byte[][] forms)
{
    private readonly SearchValues<byte> _beginnings = SearchValues.Create([.. forms.Select(static form => form[0]).Distinct()]);

    /// <summary>Gets those of no secrets.</summary>
    public static SecretForms None { get; } = new([]);

    /// <summary>Gets the sequences, the longest first.</summary>
    public byte[][] All { get; } = [.. forms.OrderByDescending(static form => form.Length)];

    /// <summary>Returns how many of the first bytes begin no secret.</summary>
    /// <param name="bytes">The bytes.</param>
    public int CountPlain(ReadOnlySpan<byte> bytes) => bytes.IndexOfAny(_beginnings) is >= 0 and var index ? index : bytes.Length;

    /// <summary>Returns whether a secret begins with all of the bytes and goes on.</summary>
    /// <param name="bytes">The bytes.</param>
    public bool MayFollow(ReadOnlySpan<byte> bytes)
    {
        foreach (var form in All)
        {
            if (form.Length > bytes.Length && form.AsSpan(0, bytes.Length).SequenceEqual(bytes))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Returns the length of the longest secret that the bytes begin with; 0 for none.</summary>
    /// <param name="bytes">The bytes.</param>
    public int LengthAt(ReadOnlySpan<byte> bytes)
    {
        foreach (var form in All)
        {
            if (bytes.StartsWith(form))
            {
                return form.Length;
            }
        }

        return 0;
    }
}
