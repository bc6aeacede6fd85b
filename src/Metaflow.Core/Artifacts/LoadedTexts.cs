using System.Runtime.InteropServices;

namespace Metaflow.Artifacts;

/// <summary>The texts that a collection had when a step read it. A text never changes, so the collection is unchanged while it has the same
/// objects in the same places: that is seen in a hundredth of the time that it takes to serialize them.</summary>
/// <remarks>It takes 8 bytes for each text, beside the at least 24 of the text itself.</remarks>
internal sealed class LoadedTexts
{
    private readonly string?[] _texts;

    private LoadedTexts(ReadOnlySpan<string?> texts) => _texts = texts.ToArray();

    /// <summary>Remembers the texts of a value.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The texts; <see langword="null"/> for a value that is neither an array nor a list of texts.</returns>
    public static LoadedTexts? Of(object? value) => TryGet(value, out var texts) ? new LoadedTexts(texts) : null;

    /// <summary>Returns whether a value has the same texts still.</summary>
    /// <param name="value">The value.</param>
    public bool AreIn(object? value)
    {
        if (!TryGet(value, out var texts) || texts.Length != _texts.Length)
        {
            return false;
        }

        for (var i = 0; i < texts.Length; i++)
        {
            if (!ReferenceEquals(texts[i], _texts[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryGet(object? value, out ReadOnlySpan<string?> texts)
    {
        // A type derived from the list could have more than its texts.
        var isKnown = value is string?[] || value?.GetType() == typeof(List<string>);
        texts = value is string?[] array ? array : isKnown ? CollectionsMarshal.AsSpan((List<string?>)value!) : default;
        return isKnown;
    }
}
