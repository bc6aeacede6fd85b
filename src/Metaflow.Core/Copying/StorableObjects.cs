using System.Text;
using Metaflow.Platform;
using Metaflow.Storage;

namespace Metaflow.Copying;

/// <summary>Tells the objects that a target can hold from the others: a folder has no files for some keys of a service.</summary>
/// <param name="target">The target.</param>
internal sealed class StorableObjects(IBlobStore target)
{
    private const int LongestName = 255;
    private const int LongestPath = 4095;

    private static readonly char[] InvalidCharacters = Path.GetInvalidFileNameChars();

    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);

    /// <summary>Finds the reasons for which the target cannot hold objects.</summary>
    /// <param name="paths">The paths of the objects in the target. All of them are to be there together.</param>
    /// <returns>For each path in order the reason, as a sentence; <see langword="null"/> if the target can hold the object.</returns>
    public IReadOnlyList<string?> ReasonsAgainst(IReadOnlyList<string> paths)
    {
        string?[] reasons = [.. paths.Select(ReasonAgainst)];
        foreach (var path in paths.Where((_, i) => reasons[i] is null))
        {
            for (var end = path.LastIndexOf('/'); end > 0 && _folders.Add(path[..end]); end = path.LastIndexOf('/', end - 1))
            {
            }
        }

        return target is IFlatListing ? reasons
            : [.. reasons.Select((reason, i) => reason
                ?? (_folders.Contains(paths[i]) ? "A folder of this name has other objects." : null))];
    }

    /// <summary>Returns true if a store can have a hidden file beside an object, for its type.</summary>
    /// <param name="path">The path of the object.</param>
    /// <returns>Whether it can.</returns>
    public bool HasRoomBeside(string path) => target is not LocalBlobStore || !IsTooLong(BlobProperties.CompanionOf(path));

    private string? ReasonAgainst(string path)
    {
        if (!StorePaths.IsAddressable(path))
        {
            return "A part of its name is '.' or '..'.";
        }

        var parts = path.Split('/');
        if (target is not IFlatListing && parts.Contains(""))
        {
            return "A part of its name is empty, or its name ends in a slash.";
        }

        if (target is not IBlobPropertyStore && BlobProperties.IsCompanion(parts[^1]))
        {
            return "The target has files of such names for the types of other objects.";
        }

        return target is LocalBlobStore ? ReasonAgainstFile(path, parts) : null;
    }

    private string? ReasonAgainstFile(string path, string[] parts)
        => DurableFileGroup.IsTemporary(parts[^1]) ? "The target has files of such names while it writes."
            : parts.Any(static part => part.IndexOfAny(InvalidCharacters) >= 0) ? "Its name has characters that names of files cannot have."
            : IsTooLong(path) ? "Its name is too long for a file."
            : null;

    private bool IsTooLong(string path)
        => Encoding.UTF8.GetByteCount($"{target.Root}/{path}") > LongestPath
            || path.Split('/').Any(static part => Encoding.UTF8.GetByteCount(part) > LongestName);
}
