using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Metadata;

/// <summary>The rules of tags.</summary>
internal static class RunTags
{
    private const int MaxLength = 500;
    private const int MaxCount = 50;

    /// <summary>Returns a run with changed tags.</summary>
    /// <param name="run">The run.</param>
    /// <param name="add">Tags to add. System tags among them are ignored.</param>
    /// <param name="remove">Tags to remove. A tag that is also added stays.</param>
    /// <returns>The run; if nothing changes, the same run.</returns>
    /// <exception cref="MetadataException">A tag is malformed (MF5006) or a system tag (MF5007), or there are too many
    /// (MF5008).</exception>
    public static RunRecord Change(RunRecord run, IReadOnlyCollection<string> add, IReadOnlyCollection<string> remove)
    {
        var system = run.SystemTags.ToHashSet(StringComparer.Ordinal);
        if (remove.FirstOrDefault(system.Contains) is { } own)
        {
            throw SystemTag(run, own);
        }

        var added = add.Where(tag => !system.Contains(tag)).ToList();
        added.ForEach(Check);
        List<string> tags = [.. run.Tags.Where(tag => !remove.Contains(tag) || added.Contains(tag)).Union(added, StringComparer.Ordinal)];
        if (tags.Count > MaxCount && tags.Count > run.Tags.Count)
        {
            throw TooMany(run, tags.Count);
        }

        return tags.SequenceEqual(run.Tags, StringComparer.Ordinal) ? run : run with { Tags = tags };
    }

    /// <summary>Checks the tags that a new run is given.</summary>
    /// <param name="run">The run.</param>
    /// <exception cref="MetadataException">A tag is malformed (MF5006), or there are too many (MF5008).</exception>
    public static void CheckNew(RunRecord run)
    {
        run.Tags.ToList().ForEach(Check);
        if (run.Tags.Count > MaxCount)
        {
            throw new MetadataException(
                ErrorCodes.TooManyTags,
                $"A new run of '{run.Flow}' would have {run.Tags.Count} tags.",
                $"A run has at most {MaxCount} user tags.",
                "Use fewer tags.");
        }
    }

    private static void Check(string tag)
    {
        if (VisibleText.FirstHidden(tag) is { } hidden)
        {
            throw new MetadataException(
                ErrorCodes.TagMalformed,
                $"The tag '{VisibleText.Line(tag)}' has a character that is not visible ({hidden}).",
                "A listing of the tags would show another text, or the terminal would execute the character.",
                "Write the tag without line breaks, tabs and other control characters.");
        }

        if (tag.Length is 0 or > MaxLength)
        {
            throw new MetadataException(
                ErrorCodes.TagMalformed,
                tag.Length == 0 ? "A tag is empty." : $"The tag '{tag[..40]}…' has {tag.Length} characters.",
                $"A tag has 1 to {MaxLength} characters.",
                "Choose another text for it.");
        }
    }

    private static MetadataException SystemTag(RunRecord run, string tag) => new(
        ErrorCodes.SystemTagFixed,
        $"The tag '{tag}' of run '{run.Flow}/{run.RunId}' cannot be removed.",
        "It is a system tag: the framework set it when the run began.",
        "Remove user tags only.")
    { Pathspec = $"{run.Flow}/{run.RunId}" };

    private static MetadataException TooMany(RunRecord run, int count) => new(
        ErrorCodes.TooManyTags,
        $"The run '{run.Flow}/{run.RunId}' would have {count} tags.",
        $"A run has at most {MaxCount} user tags.",
        "Remove some of its tags first, or together with the addition.")
    { Pathspec = $"{run.Flow}/{run.RunId}" };
}
