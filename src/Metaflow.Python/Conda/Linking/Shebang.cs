using System.Text;

namespace Metaflow.Python.Conda.Linking;

/// <summary>The first line of scripts, which names the program that runs them. Systems read only its beginning, and split it at
/// spaces.</summary>
internal static class Shebang
{
    /// <summary>How many bytes of the line every system reads.</summary>
    public const int MaxLength = 127;

    /// <summary>Returns the first line of a script for a Python, which may be more than one line.</summary>
    /// <param name="python">The absolute path of Python.</param>
    /// <param name="options">Its options; may be empty.</param>
    /// <returns>The text without a line end. It is valid in Python and, where the path is too long or has spaces, in the shell, which
    /// starts Python with the script.</returns>
    public static string OfPython(string python, string options = "")
    {
        var line = options.Length > 0 ? $"#!{python} {options}" : $"#!{python}";
        if (Encoding.UTF8.GetByteCount(line) <= MaxLength && !python.AsSpan().ContainsAny(' ', '\t'))
        {
            return line;
        }

        return LongPython(python, options);
    }

    /// <summary>Writes an environment's path into the first line of a script.</summary>
    /// <param name="line">The line, without its end.</param>
    /// <param name="placeholder">The path in which the package was built.</param>
    /// <param name="prefix">The environment's path.</param>
    /// <returns>The new line; <see langword="null"/> when a plain replacement does.</returns>
    public static byte[]? Rewrite(ReadOnlySpan<byte> line, string placeholder, string prefix)
    {
        if (!line.StartsWith("#!"u8))
        {
            return null;
        }

        // Bytes that are not UTF-8 pass through unharmed: every byte is a character of Latin-1.
        var text = Encoding.Latin1.GetString(line[2..]).TrimStart(' ', '\t').TrimEnd('\r', ' ', '\t');
        var end = text.AsSpan().IndexOfAny(' ', '\t');
        var (former, present) = (ToLatin(placeholder), ToLatin(prefix));
        var program = (end < 0 ? text : text[..end]).Replace(former, present, StringComparison.Ordinal);
        var options = (end < 0 ? "" : text[end..].Trim(' ', '\t')).Replace(former, present, StringComparison.Ordinal);
        var length = "#!".Length + program.Length + (options.Length > 0 ? 1 + options.Length : 0);
        if (!program.StartsWith('/') || (length <= MaxLength && !program.AsSpan().ContainsAny(' ', '\t')))
        {
            return null;
        }

        var name = program[(program.LastIndexOf('/') + 1)..];
        return Encoding.Latin1.GetBytes(
            IsPython(name) ? LongPython(program, options)

                // As conda does: found on PATH, where an activated environment has it. More than a name needs the option of 'env'.
                : options.Length > 0 ? $"#!/usr/bin/env -S {name} {options}" : $"#!/usr/bin/env {name}");
    }

    // The shell takes '''exec' for the word exec, and the end for a comment. Python takes all of it for one text.
    private static string LongPython(string program, string options)
        => $"#!/bin/sh\n'''exec' {Quote(program)}{(options.Length > 0 ? " " : "")}{options} \"$0\" \"$@\" #'''";

    private static string ToLatin(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private static bool IsPython(string name) => name.StartsWith("python", StringComparison.Ordinal)
        ? name["python".Length..].All(static letter => char.IsAsciiDigit(letter) || letter is '.' or 't' or 'w')
        : name.StartsWith("pypy", StringComparison.Ordinal)
            && name["pypy".Length..].All(static letter => char.IsAsciiDigit(letter) || letter == '.');

    private static string Quote(string path)
    {
        var text = new StringBuilder("\"");
        foreach (var letter in path)
        {
            if (letter is '"' or '$' or '`' or '\\')
            {
                text.Append('\\');
            }

            text.Append(letter);
        }

        return text.Append('"').ToString();
    }
}
