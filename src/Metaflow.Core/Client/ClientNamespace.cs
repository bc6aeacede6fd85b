using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Client;

/// <summary>The rule of namespaces: a run is in those that its tags name.</summary>
internal static class ClientNamespace
{
    /// <summary>Checks the namespace that a run, or whoever looks for one, is given.</summary>
    /// <param name="name">The namespace; <see langword="null"/> for all.</param>
    /// <exception cref="ConfigurationException">MF2075: it has a character that is not shown. The exit code is 2.</exception>
    public static void Check(string? name)
    {
        if (name is not null && VisibleText.FirstHidden(name) is { } hidden)
        {
            throw new ConfigurationException(
                ErrorCodes.HiddenCharacter,
                $"The namespace '{VisibleText.Line(name)}' has a character that is not visible ({hidden}).",
                "A namespace is a tag of runs, and tags have no such characters, so no run can be in it.",
                "Give a namespace like 'user:ada', without line breaks, tabs and other control characters.")
            { ExitCode = ExitCodes.Usage };
        }
    }

    /// <summary>Returns true if a run is in a namespace.</summary>
    /// <param name="run">The run.</param>
    /// <param name="name">The namespace; <see langword="null"/> for all.</param>
    /// <returns>Whether it is.</returns>
    internal static bool Holds(RunHandle run, string? name)
        => name is null || run.SystemTags.Contains(name, StringComparer.Ordinal) || run.UserTags.Contains(name, StringComparer.Ordinal);

    /// <summary>Returns true if a run is in a namespace, or may be. The tags of a run whose record is damaged are not known, and such a run
    /// must not disappear from every list.</summary>
    /// <param name="run">The run.</param>
    /// <param name="name">The namespace; <see langword="null"/> for all.</param>
    /// <returns>Whether it is, or may be.</returns>
    internal static bool MayHold(RunHandle run, string? name) => run.IsUnreadable || Holds(run, name);

    /// <summary>Checks that one of some runs is in a namespace.</summary>
    /// <param name="pathspec">What was asked for.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="name">The namespace; <see langword="null"/> for all.</param>
    /// <exception cref="MetadataException">None is (MF5005).</exception>
    internal static void Require(string pathspec, IReadOnlyList<RunHandle> runs, string? name)
    {
        if (name is not null && runs.Count > 0 && !runs.Any(run => MayHold(run, name)))
        {
            throw ClientErrors.Outside(pathspec, name, runs.SelectMany(static run => run.Tags).Where(IsNamespace));
        }
    }

    private static bool IsNamespace(string tag)
        => tag.StartsWith("user:", StringComparison.Ordinal) || tag.StartsWith("production:", StringComparison.Ordinal);
}
