using System.Collections;
using System.Globalization;
using Metaflow.Artifacts;
using Metaflow.Serialization;
using Metaflow.Settings;

namespace Metaflow.Tasks;

/// <summary>The items of a foreach as a split task keeps them.</summary>
/// <param name="Variable">The artifact that holds them.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Texts">Each as a text of at most so many characters as the settings say; <see langword="null"/> when they are not
/// recorded.</param>
/// <param name="Stored">The items to store as <c>_foreach_items</c>, or <see langword="null"/> when an artifact of the flow holds
/// them.</param>
internal sealed record ForeachItems(string Variable, int Count, IReadOnlyList<string>? Texts, List<object?>? Stored)
{
    private const string Name = "forEach";

    /// <summary>Awaits or enumerates the items of a transition. Their code is the author's: its exceptions are the step's.</summary>
    /// <param name="transition">Where the step moves on to.</param>
    /// <param name="flow">The flow object.</param>
    /// <param name="cells">The flow's cells.</param>
    /// <param name="hide">Takes secrets out of a text; <see langword="null"/> when there are none.</param>
    /// <param name="readsBack">Whether each item is read back and compared.</param>
    /// <returns>The items, or <see langword="null"/> if it is not a foreach.</returns>
    /// <exception cref="Errors.StorageException">An item would not be read as what it is (MF4105, MF4113, MF4114).</exception>
    public static async ValueTask<ForeachItems?> CollectAsync(
        Transition transition, FlowSpec flow, IReadOnlyList<ArtifactCell> cells, Func<string, string>? hide, bool readsBack = false)
    {
        var given = transition.CollectAsync is { } collect
            ? await collect(flow.Current.CancellationToken).ConfigureAwait(false)
            : transition.Items;
        if (given is null)
        {
            return null;
        }

        var items = Of(given, cells, hide, out var all);
        if (transition.ItemType is { } type)
        {
            RequireReadable(all, type, readsBack);
        }

        return items;
    }

    private static void RequireReadable(List<object?> items, Type type, bool readsBack)
    {
        ArtifactSerializer.RequireReadable(items, type, Name);
        for (var i = 0; readsBack && i < items.Count; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{Name}[{i}]");
            ArtifactSerializer.RequireSameWhenRead(items[i], type, ArtifactSerializer.Serialize(items[i], type, name), name);
        }
    }

    /// <summary>Counts the items, and finds the artifact that holds them.</summary>
    /// <param name="items">What the step gave as <c>forEach:</c>.</param>
    /// <param name="cells">The flow's cells.</param>
    /// <param name="hide">Takes secrets out of a text; <see langword="null"/> when there are none.</param>
    /// <returns>The items; enumerated once.</returns>
    public static ForeachItems Of(IEnumerable items, IReadOnlyList<ArtifactCell> cells, Func<string, string>? hide = null)
        => Of(items, cells, hide, out _);

    private static ForeachItems Of(IEnumerable items, IReadOnlyList<ArtifactCell> cells, Func<string, string>? hide, out List<object?> all)
    {
        all = [];
        var longest = TaskSettings.ForeachValueChars();
        var texts = longest < 0 ? null : new List<string>();
        foreach (var item in items)
        {
            all.Add(item);
            texts?.Add(TextOf(item, longest, hide));
        }

        // A dictionary's artifact reads as its keys on the other side: its pairs are stored as items of their own.
        var holder = items is IDictionary ? null : HolderOf(items, cells);
        return holder is null
            ? new ForeachItems(InternalArtifacts.ForeachItems, all.Count, texts, all)
            : new ForeachItems(holder, all.Count, texts, null);
    }

    private static string? HolderOf(IEnumerable items, IReadOnlyList<ArtifactCell> cells)
    {
        foreach (var cell in cells)
        {
            if (cell.HasValue && (ReferenceEquals(cell.Peek, items) || (items is ValueType && items.Equals(cell.Peek))))
            {
                return cell.Name;
            }
        }

        return null;
    }

    private static string TextOf(object? item, int longest, Func<string, string>? hide)
    {
        var text = item switch
        {
            null => "None",
            bool flag => flag ? "True" : "False",
            IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
            _ => item.ToString() ?? "",
        };

        // The texts go into metadata and messages. Before they are cut: a part of a secret is not found.
        text = hide?.Invoke(text) ?? text;
        return text.Length <= longest ? text : text[..longest];
    }
}
