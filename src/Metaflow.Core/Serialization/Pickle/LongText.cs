using Metaflow.Spooling;

namespace Metaflow.Serialization;

/// <summary>Reads a text that is too long to have its bytes in memory beside its characters. How many characters there are is known at its
/// end only, so that its bytes go to a temporary file until then.</summary>
internal static class LongText
{
    /// <summary>A text of more bytes is read so.</summary>
    public const int Shortest = 4 << 20;

    // The characters of a part are a short-lived object.
    private const int PartSize = 32 << 10;

    /// <summary>Reads a text.</summary>
    /// <param name="input">The pickle.</param>
    /// <param name="length">The number of bytes.</param>
    /// <returns>The text; <see langword="null"/> if the bytes are not UTF-8, or fewer.</returns>
    /// <exception cref="Errors.StorageException">A text cannot have as many characters (MF4012).</exception>
    public static string? Read(PickleInput input, long length)
    {
        using var spooled = SpooledBytes.Create();
        for (var rest = length; rest > 0;)
        {
            var count = (int)Math.Min(rest, PartSize);
            if (!input.TryTake(count, out var bytes))
            {
                return null;
            }

            spooled.Write(bytes);
            rest -= count;
        }

        long characters = 0;
        foreach (var part in Parts(spooled))
        {
            if (part is null)
            {
                return null;
            }

            characters += part.Length;
        }

        return characters <= PythonText.LongestText
            ? string.Create((int)characters, spooled, static (text, spooled) => Fill(text, spooled))
            : throw SerializationErrors.TextTooLong(PythonText.LongestText);
    }

    private static void Fill(Span<char> text, SpooledBytes spooled)
    {
        foreach (var part in Parts(spooled))
        {
            part!.CopyTo(text);
            text = text[part.Length..];
        }
    }

    private static IEnumerable<string?> Parts(SpooledBytes spooled)
    {
        var bytes = new byte[PartSize];
        for (long start = 0; start < spooled.Length;)
        {
            var count = spooled.Read(start, bytes);
            var whole = start + count == spooled.Length ? count : PythonText.LengthOfWholeCharacters(bytes.AsSpan(0, count));
            yield return PythonText.Decode(bytes.AsSpan(0, whole));
            start += whole;
        }
    }
}
