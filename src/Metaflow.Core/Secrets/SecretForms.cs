using System.Buffers;

namespace Metaflow.Secrets;

/// <summary>The texts that a filter hides, found in bytes.</summary>
internal sealed class SecretForms
{
    private readonly SearchValues<byte> _beginnings;
    private readonly SecretPattern[] _all;
    private readonly ILookup<byte, SecretPattern> _byFirst;

    /// <summary>Initializes the texts.</summary>
    /// <param name="texts">The texts, none of them empty.</param>
    public SecretForms(IEnumerable<string> texts)
    {
        Texts = [.. texts.Distinct(StringComparer.Ordinal)];
        _all = [.. Texts.Select(static text => new SecretPattern(text))];
        _byFirst = _all.ToLookup(static pattern => pattern.First);
        _beginnings = SearchValues.Create(_all.Length == 0 ? [] : [(byte)'\\', .. _byFirst.Select(static group => group.Key)]);
    }

    /// <summary>Gets those of no secrets.</summary>
    public static SecretForms None { get; } = new([]);

    /// <summary>Gets the texts.</summary>
    public IReadOnlyList<string> Texts { get; }

    /// <summary>Returns how many of the first bytes begin no secret.</summary>
    /// <param name="bytes">The bytes.</param>
    public int CountPlain(ReadOnlySpan<byte> bytes) => bytes.IndexOfAny(_beginnings) is >= 0 and var index ? index : bytes.Length;

    /// <summary>Returns the length of the longest secret, in any form, that the bytes begin with.</summary>
    /// <param name="bytes">The bytes, at least one.</param>
    /// <param name="isEnd">Whether no bytes follow.</param>
    /// <returns>The length; 0 for none, <see cref="SecretPattern.More"/> when the bytes end before it is decided.</returns>
    public int LengthAt(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        var longest = 0;
        foreach (var pattern in bytes[0] == '\\' ? _all : _byFirst[bytes[0]])
        {
            var length = pattern.Match(bytes, isEnd);
            if (length == SecretPattern.More && !isEnd)
            {
                return length;
            }

            longest = Math.Max(longest, length);
        }

        return longest;
    }
}
