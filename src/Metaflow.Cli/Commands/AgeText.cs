using System.Globalization;
using Metaflow.Commands;

namespace Metaflow.Cli.Commands;

/// <summary>Ages on the command line, such as <c>90m</c>, <c>12h</c>, <c>1.5d</c> or <c>2w</c>.</summary>
internal static class AgeText
{
    private const int LongestAge = 100_000;

    /// <summary>Reads the value of an option.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="option">The option.</param>
    /// <returns>The age, or <see langword="null"/> if the option is not given.</returns>
    /// <exception cref="Errors.MetaflowException">It is not an age, or longer than 100,000 days (MF2102).</exception>
    public static TimeSpan? Of(ParsedCommandLine line, string option)
    {
        if (line.Text(option) is not { } text)
        {
            return null;
        }

        var days = text.Length == 0 ? 0 : text[^1] switch { 'm' => 1.0 / 24 / 60, 'h' => 1.0 / 24, 'd' => 1, 'w' => 7, _ => 0 };
        if (days == 0 || !double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count))
        {
            throw UsageErrors.InvalidValue(option, $"'{text}' is not an age.", "Give a number with a unit: '90m', '12h', '1.5d' or '2w'.");
        }

        return count * days <= LongestAge
            ? TimeSpan.FromDays(count * days)
            : throw UsageErrors.InvalidValue(
                option, $"'{text}' is longer than {LongestAge} days.", $"Give an age from '0m' to '{LongestAge}d'.");
    }

    /// <summary>Reads the value of an option that says how old something must be that nobody can need any more.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="option">The option.</param>
    /// <param name="shortest">The shortest age, an hour.</param>
    /// <returns>The age, 1 day by default.</returns>
    /// <exception cref="Errors.MetaflowException">It is not an age, or too short (MF2102).</exception>
    public static TimeSpan GraceOf(ParsedCommandLine line, string option, TimeSpan shortest)
        => (Of(line, option) ?? TimeSpan.FromDays(1)) is var grace && grace >= shortest
            ? grace
            : throw UsageErrors.InvalidValue(
                option, "it is shorter than an hour.", "A running task may need data that no record names yet. Give '1h' or more.");
}
