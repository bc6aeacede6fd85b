namespace Metaflow.Python.Conda.Versions;

/// <summary>Reads versions.</summary>
internal static class CondaVersionReader
{
    /// <summary>Reads a version.</summary>
    /// <param name="text">The text.</param>
    /// <param name="problem">Why the text is no version: a sentence.</param>
    /// <returns>The version; <see langword="null"/> if the text is none.</returns>
    public static CondaVersion? Read(string text, out string problem)
    {
        var lower = text.Trim().ToLowerInvariant();
        if (lower.Contains('-', StringComparison.Ordinal) && !lower.Contains('_', StringComparison.Ordinal))
        {
            lower = lower.Replace('-', '_');
        }

        if (Complaint(lower) is { } complaint)
        {
            problem = complaint;
            return null;
        }

        var rest = lower.AsSpan();
        var epoch = VersionPart.Zero;
        if (rest.IndexOf('!') is var mark and >= 0)
        {
            epoch = VersionPart.OfDigits(rest[..mark]);
            rest = rest[(mark + 1)..];
        }

        var plus = rest.IndexOf('+');
        var release = Segments(plus < 0 ? rest : rest[..plus], keepsUnderscore: true);
        var local = plus < 0 ? [] : Segments(rest[(plus + 1)..], keepsUnderscore: false);
        problem = "It has an empty part.";
        return release is null || local is null ? null : new CondaVersion(text.Trim(), epoch, release, local);
    }

    private static string? Complaint(string version)
    {
        if (version.Length == 0)
        {
            return "It is empty.";
        }

        foreach (var character in version)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('.' or '_' or '!' or '+'))
            {
                return character == '-'
                    ? "It has both '-' and '_'."
                    : $"A version has letters, digits, '.', '_', '-', '!' and '+', and no '{character}'.";
            }
        }

        var mark = version.IndexOf('!', StringComparison.Ordinal);
        return mark != version.LastIndexOf('!') ? "It has two '!'."
            : mark == 0 || (mark > 0 && !version[..mark].All(char.IsAsciiDigit)) ? "The epoch before '!' is no number."
            : version.IndexOf('+', StringComparison.Ordinal) != version.LastIndexOf('+') ? "It has two '+'."
            : null;
    }

    private static VersionPart[][]? Segments(ReadOnlySpan<char> text, bool keepsUnderscore)
    {
        // OpenSSL's letters come after the plain version. Its packages have '_' behind the plain one, which then counts as a letter.
        var keeps = keepsUnderscore && text.Length > 1 && text[^1] == '_';
        var body = keeps ? text[..^1] : text;
        var segments = new List<VersionPart[]>(4);
        while (true)
        {
            var end = body.IndexOfAny('.', '_');
            var segment = end < 0 ? body : body[..end];
            if (end < 0 && keeps)
            {
                segment = text[^(segment.Length + 1)..];
            }

            if (segment.IsEmpty)
            {
                return null;
            }

            segments.Add(Parts(segment));
            if (end < 0)
            {
                return [.. segments];
            }

            body = body[(end + 1)..];
        }
    }

    private static VersionPart[] Parts(ReadOnlySpan<char> segment)
    {
        // Nearly all segments are a number.
        var digits = segment.IndexOfAnyExceptInRange('0', '9');
        if (digits < 0)
        {
            return [VersionPart.OfDigits(segment)];
        }

        var parts = new List<VersionPart>(4);
        if (digits == 0)
        {
            // Numbers and letters are compared in step, so a segment that begins with a letter has a zero before it.
            parts.Add(VersionPart.Zero);
        }

        while (!segment.IsEmpty)
        {
            var isNumber = char.IsAsciiDigit(segment[0]);
            var end = isNumber ? segment.IndexOfAnyExceptInRange('0', '9') : segment.IndexOfAnyInRange('0', '9');
            var run = end < 0 ? segment : segment[..end];
            parts.Add(isNumber ? VersionPart.OfDigits(run) : VersionPart.OfLetters(run));
            segment = segment[run.Length..];
        }

        return [.. parts];
    }
}
