namespace Metaflow.Client;

/// <summary>The rule of namespaces: a run is in those that its tags name.</summary>
internal static class ClientNamespace
{
    /// <summary>Says whether a run is in a namespace.</summary>
    /// <param name="run">The run.</param>
    /// <param name="name">The namespace; <see langword="null"/> for all.</param>
    /// <returns>Whether it is.</returns>
    public static bool Holds(RunHandle run, string? name)
        => name is null || run.SystemTags.Contains(name, StringComparer.Ordinal) || run.UserTags.Contains(name, StringComparer.Ordinal);

    /// <summary>Checks that one of some runs is in a namespace.</summary>
    /// <param name="pathspec">What was asked for.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="name">The namespace; <see langword="null"/> for all.</param>
    /// <exception cref="Errors.MetadataException">None is (MF5005).</exception>
    public static void Require(string pathspec, IReadOnlyList<RunHandle> runs, string? name)
    {
        if (name is not null && runs.Count > 0 && !runs.Any(run => Holds(run, name)))
        {
            throw ClientErrors.Outside(pathspec, name, runs.SelectMany(static run => run.Tags).Where(IsNamespace));
        }
    }

    private static bool IsNamespace(string tag)
        => tag.StartsWith("user:", StringComparison.Ordinal) || tag.StartsWith("production:", StringComparison.Ordinal);
}
