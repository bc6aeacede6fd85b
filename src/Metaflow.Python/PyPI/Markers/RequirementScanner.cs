namespace Metaflow.Python.PyPI.Markers;

/// <summary>Reads the text of a requirement from left to right.</summary>
/// <param name="text">The text.</param>
internal sealed class RequirementScanner(string text)
{
    // The longer ones first.
    private static readonly string[] Comparisons = ["===", "==", "~=", "!=", "<=", ">=", "<", ">"];

    /// <summary>Gets the place of the next character.</summary>
    public int Position { get; private set; }

    /// <summary>Gets whether nothing is left.</summary>
    public bool IsAtEnd => Position == text.Length;

    /// <summary>Gets what is left.</summary>
    public ReadOnlySpan<char> Rest => text.AsSpan(Position);

    /// <summary>Passes over spaces and tabs.</summary>
    /// <returns>Whether there were any.</returns>
    public bool SkipBlanks()
    {
        var start = Position;
        while (!IsAtEnd && text[Position] is ' ' or '\t')
        {
            Position++;
        }

        return Position > start;
    }

    /// <summary>Takes a character after blanks.</summary>
    /// <param name="character">The character.</param>
    /// <returns>Whether it is next.</returns>
    public bool TryTake(char character)
    {
        SkipBlanks();
        if (IsAtEnd || text[Position] != character)
        {
            return false;
        }

        Position++;
        return true;
    }

    /// <summary>Takes all characters up to one that is in a list, or to the end.</summary>
    /// <param name="ends">The characters that end it.</param>
    /// <returns>What was taken.</returns>
    public string TakeUntil(ReadOnlySpan<char> ends)
    {
        var length = Rest.IndexOfAny(ends);
        var taken = length < 0 ? Rest.ToString() : Rest[..length].ToString();
        Position += taken.Length;
        return taken;
    }

    /// <summary>Takes a name of a package or of an extra after blanks.</summary>
    /// <returns>The name; <see langword="null"/> if none is next.</returns>
    public string? TakeName()
    {
        SkipBlanks();
        var length = 0;
        while (length < Rest.Length && (char.IsAsciiLetterOrDigit(Rest[length]) || Rest[length] is '-' or '_' or '.'))
        {
            length++;
        }

        var name = Rest[..length];
        if (!Versions.PythonName.IsValid(name))
        {
            return null;
        }

        var taken = name.ToString();
        Position += length;
        return taken;
    }

    /// <summary>Takes a whole word after blanks.</summary>
    /// <param name="word">The word.</param>
    /// <returns>Whether it is next.</returns>
    public bool TryTakeWord(string word)
    {
        SkipBlanks();
        var isNext = Rest.StartsWith(word, StringComparison.Ordinal)
            && (Rest.Length == word.Length || !IsOfWord(Rest[word.Length])) && (Position == 0 || !IsOfWord(text[Position - 1]));
        Position += isNext ? word.Length : 0;
        return isNext;
    }

    /// <summary>Takes a variable of a marker, or a text in quotation marks, after blanks.</summary>
    /// <returns>The operand; <see langword="null"/> if none is next.</returns>
    public MarkerOperand? TakeOperand()
    {
        SkipBlanks();
        if (!IsAtEnd && text[Position] is '\'' or '"')
        {
            var end = text.IndexOf(text[Position], Position + 1);
            if (end < 0)
            {
                return null;
            }

            var value = text[(Position + 1)..end];
            Position = end + 1;
            return new MarkerOperand(value, IsVariable: false);
        }

        var length = 0;
        while (length < Rest.Length && (IsOfWord(Rest[length]) || Rest[length] == '.'))
        {
            length++;
        }

        if (MarkerVariable.Find(Rest[..length].ToString()) is not { } name)
        {
            return null;
        }

        Position += length;
        return new MarkerOperand(name, IsVariable: true);
    }

    /// <summary>Takes an operator of a comparison after blanks.</summary>
    /// <returns>The operator; <see langword="null"/> if none is next.</returns>
    public string? TakeComparison()
    {
        if (TryTakeWord("in"))
        {
            return "in";
        }

        if (TryTakeWord("not"))
        {
            return SkipBlanks() && TryTakeWord("in") ? "not in" : null;
        }

        foreach (var comparison in Comparisons)
        {
            if (Rest.StartsWith(comparison, StringComparison.Ordinal))
            {
                Position += comparison.Length;
                return comparison;
            }
        }

        return null;
    }

    private static bool IsOfWord(char character) => char.IsAsciiLetterOrDigit(character) || character == '_';
}
