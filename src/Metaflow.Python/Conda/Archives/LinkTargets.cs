namespace Metaflow.Python.Conda.Archives;

/// <summary>Follows symbolic links that are not made yet, as the system would, in a folder that they must not lead out of.</summary>
/// <param name="links">What each link points to, by its path below the folder.</param>
internal sealed class LinkTargets(IReadOnlyDictionary<string, string> links)
{
    // What Linux allows; a chain that is longer leads nowhere.
    private const int MaxLinks = 40;

    /// <summary>Finds where a link leads.</summary>
    /// <param name="path">The link's path.</param>
    /// <param name="target">What it points to.</param>
    /// <returns>The path below the folder; <see langword="null"/> when it leads out of it.</returns>
    public string? Follow(string path, string target)
    {
        var place = EntryPath.FolderOf(path).Split('/', StringSplitOptions.RemoveEmptyEntries).ToList();
        return Walk(place, target) ? string.Join('/', place) : null;
    }

    /// <summary>Finds where a file lies whose path may lead through links.</summary>
    /// <param name="path">The path. Its last part is not followed.</param>
    /// <returns>The path below the folder; <see langword="null"/> when it leads out of it.</returns>
    public string? PlaceOf(string path)
    {
        if (links.Count == 0)
        {
            return path;
        }

        var place = new List<string>();
        if (!Walk(place, EntryPath.FolderOf(path)))
        {
            return null;
        }

        place.Add(path[(path.LastIndexOf('/') + 1)..]);
        return string.Join('/', place);
    }

    private bool Walk(List<string> place, string way)
    {
        var allowed = MaxLinks;
        var open = new Stack<string>();
        if (!Push(open, way))
        {
            return false;
        }

        while (open.TryPop(out var part))
        {
            if (part == "..")
            {
                if (place.Count == 0)
                {
                    return false;
                }

                place.RemoveAt(place.Count - 1);
                continue;
            }

            place.Add(part);
            if (!links.TryGetValue(string.Join('/', place), out var target))
            {
                continue;
            }

            if (--allowed < 0)
            {
                // A circle: the system refuses it too.
                return true;
            }

            place.RemoveAt(place.Count - 1);
            if (!Push(open, target))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Push(Stack<string> open, string way)
    {
        if (Path.IsPathRooted(way) || way.StartsWith('/'))
        {
            return false;
        }

        foreach (var part in way.Split('/').Reverse().Where(static part => part is not ("" or ".")))
        {
            open.Push(part);
        }

        return true;
    }
}
