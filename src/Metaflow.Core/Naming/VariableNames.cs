namespace Metaflow.Naming;

/// <summary>Which names decorators may give to environment variables.</summary>
internal static class VariableNames
{
    /// <summary>The rule in words.</summary>
    public const string Rule =
        "A name consists of letters, digits and underscores. It does not begin with a digit, and not with METAFLOW_, which is reserved.";

    /// <summary>Returns true if a text is a name.</summary>
    /// <param name="name">The text.</param>
    /// <returns>Whether it has letters, digits and underscores, and no digit first.</returns>
    public static bool IsName(string name)
    {
        if (name.Length == 0 || name[0] is >= '0' and <= '9')
        {
            return false;
        }

        foreach (var letter in name)
        {
            if (letter is not ((>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Returns true if a name is the framework's.</summary>
    /// <param name="name">The name.</param>
    /// <returns>Whether it begins with <c>METAFLOW_</c>.</returns>
    public static bool IsReserved(string name) => name.StartsWith("METAFLOW_", StringComparison.Ordinal);

    /// <summary>Returns true if the environment of a process can hold a value as it is.</summary>
    /// <param name="value">The value.</param>
    /// <returns>Whether it has no U+0000, at which it would end, and no half of a surrogate pair, which UTF-8 lacks.</returns>
    public static bool CanBeValue(string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\0' || (char.IsSurrogate(value[i]) && !char.IsSurrogatePair(value, i)))
            {
                return false;
            }

            i += char.IsSurrogate(value[i]) ? 1 : 0;
        }

        return true;
    }
}
