using System.Collections;
using System.Globalization;
using System.Numerics;
using Metaflow.Serialization;

namespace Metaflow.Cli.Values;

/// <summary>Shows how a value changed: a number with its difference, a long list or dictionary by what differs in it.</summary>
internal static class ValueChange
{
    private const int LongestShown = 60;
    private const int MostParts = 5;

    /// <summary>Returns the change, and lines for the parts of a long value.</summary>
    /// <param name="before">The value before.</param>
    /// <param name="after">The value after.</param>
    public static (string Text, IReadOnlyList<string> Parts) Of(object? before, object? after)
    {
        var (left, right) = (ValueText.Of(before), ValueText.Of(after));
        if (left != right && IsWhole(left) && IsWhole(right))
        {
            return ($"{left} -> {right}{Difference(before, after)}", []);
        }

        if (Items(before) is { } items && Items(after) is { } others)
        {
            return OfParts(
                Count(items.Count), Count(others.Count),
                Enumerable.Range(0, Math.Min(items.Count, others.Count)).Select(index => (
                    string.Create(CultureInfo.InvariantCulture, $"[{index}]"), items[index], others[index])));
        }

        if (before is IDictionary entries && after is IDictionary successors)
        {
            return OfParts(
                Count(entries.Count), Count(successors.Count),
                ValueText.EntriesOf(entries).Where(entry => successors.Contains(entry.Key))
                    .Select(entry => (ValueText.Key(entry.Key, isMember: false), entry.Value, successors[entry.Key])));
        }

        var (shortLeft, shortRight) = (ValueText.Fitting(before, null, LongestShown), ValueText.Fitting(after, null, LongestShown));
        return shortLeft == shortRight
            ? ($"{Cut(shortLeft)} (changed in what is not shown)", [])
            : ($"{Cut(shortLeft)} -> {Cut(shortRight)}", []);
    }

    private static bool IsWhole(string text) => text.Length <= LongestShown && !text.Contains('…', StringComparison.Ordinal);

    private static (string Text, IReadOnlyList<string> Parts) OfParts(
        string left, string right, IEnumerable<(string Name, object? Before, object? After)> common)
    {
        var changed = common.Where(static part => ValueText.Of(part.Before) != ValueText.Of(part.After)).ToList();
        var sizes = left == right ? left : $"{left} -> {right}";
        var shown = changed.Count <= MostParts ? changed : [.. changed.Take(MostParts - 1), changed[^1]];
        var parts = shown.Select(static part => $"{part.Name} {Cut(ValueText.Of(part.Before, null, 3))} -> "
            + $"{Cut(ValueText.Of(part.After, null, 3))}{Difference(part.Before, part.After)}").ToList();
        if (changed.Count > MostParts)
        {
            parts.Insert(MostParts - 1, string.Create(CultureInfo.InvariantCulture, $"… {changed.Count - MostParts:N0} more"));
        }

        return (changed.Count == 0 ? sizes : string.Create(CultureInfo.InvariantCulture, $"{sizes}, {changed.Count:N0} changed"), parts);
    }

    private static string Count(int count) => count == 1 ? "1 item" : string.Create(CultureInfo.InvariantCulture, $"{count:N0} items");

    private static string Cut(string text) => text.Length <= LongestShown ? text : text[..(LongestShown - 1)] + "…";

    private static IReadOnlyList<object?>? Items(object? value) => value switch
    {
        NumericArray { Shape: [<= int.MaxValue] } array => [.. Enumerable.Range(0, (int)array.Length).Select(i => array.GetValue(i))],
        IReadOnlyList<object?> list => list,
        _ => null,
    };

    private static string Difference(object? before, object? after)
    {
        if (ValueText.Number(before) is null || ValueText.Number(after) is null)
        {
            return "";
        }

        if (before is BigInteger || after is BigInteger)
        {
            return "";
        }

        var difference = Convert.ToDouble(after, CultureInfo.InvariantCulture) - Convert.ToDouble(before, CultureInfo.InvariantCulture);
        return double.IsFinite(difference)
            ? string.Create(CultureInfo.InvariantCulture, $" ({(difference < 0 ? "" : "+")}{ValueText.Short(difference)})")
            : "";
    }
}
