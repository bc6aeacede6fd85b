namespace Metaflow.Python.PyPI.Wheels;

/// <summary>Says which installed packages have a file.</summary>
internal static class FileOwners
{
    /// <summary>Looks up files in the lists of all installed packages.</summary>
    /// <param name="layout">The folder.</param>
    /// <param name="paths">The paths below the folder, with <c>/</c>.</param>
    /// <param name="except">The folder of a description that does not count; <see langword="null"/> for none.</param>
    /// <returns>The packages by the paths that have one. Of several the first counts.</returns>
    /// <exception cref="IOException">A list cannot be read.</exception>
    public static Dictionary<string, string> Find(PrefixLayout layout, IReadOnlyCollection<string> paths, string? except)
    {
        var wanted = paths.ToDictionary(layout.ToRecordPath, static path => path, StringComparer.Ordinal);
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var distribution in wanted.Count == 0 ? [] : InstalledDistributions.List(layout))
        {
            if (!distribution.HasRecord || distribution.InfoPath == except)
            {
                continue;
            }

            foreach (var line in ReadRecord(layout, distribution))
            {
                // Some tools write absolute paths, or others that are not the shortest.
                var isOther = line.Path.StartsWith('/') || line.Path.Contains("..", StringComparison.Ordinal);
                var path = wanted.GetValueOrDefault(line.Path) ?? (isOther ? layout.FromRecordPath(line.Path) : null);
                if (path is not null && paths.Contains(path))
                {
                    owners.TryAdd(path, $"{distribution.Metadata.Name} {distribution.Metadata.Version}");
                }
            }
        }

        return owners;
    }

    private static List<RecordEntry> ReadRecord(PrefixLayout layout, InstalledDistribution distribution)
    {
        try
        {
            return RecordFile.Read(Path.Combine(layout.PathOf(distribution.InfoPath), RecordFile.Name));
        }
        catch (InvalidDataException)
        {
            // Whose list is damaged owns nothing that can be known.
            return [];
        }
    }
}
