using Metaflow.Errors;

namespace Metaflow.Environments.Requirements;

/// <summary>What the author of a flow asks of the environment of a step: in one decorator, in all of a level, or in a file.</summary>
/// <param name="Place">Where it is asked for, for messages: <c>[NuGet] of step 'train'</c>, or the name of a file.</param>
internal sealed record EnvironmentRequirement(string Place)
{
    /// <summary>Gets a requirement that asks for nothing.</summary>
    public static EnvironmentRequirement None { get; } = new("");

    /// <summary>Gets the name of an environment to begin with, such as <c>team/training:stable</c>; none by default.</summary>
    public string? Name { get; init; }

    /// <summary>Gets the pathspec of a step with whose environment to begin; none by default.</summary>
    public string? Pathspec { get; init; }

    /// <summary>Gets the version of Python, or a constraint on it. <c>3.11</c> means any 3.11; none by default.</summary>
    public string? Python { get; init; }

    /// <summary>Gets a value indicating whether the named environment is looked up when a task starts; open by default.</summary>
    public bool? FetchAtExecution { get; init; }

    /// <summary>Gets a value indicating whether the step gets no environment; open by default.</summary>
    /// <remarks>It counts as <see langword="false"/> as soon as something is asked for; see <see cref="IsDisabled"/>.</remarks>
    public bool? Disabled { get; init; }

    /// <summary>Gets the constraints on versions by category and name of package. An empty constraint is none.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Packages { get; init; }
        = new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>Gets the places that packages come from, by category. Addresses may have credentials.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Sources { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Gets the flags for resolvers, by category.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Extras { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Gets the files that the requirement was read from, by category.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> FilePaths { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Gets what else counts for the identity of the packages found, such as the hash of a lock file.</summary>
    public IReadOnlyDictionary<string, string> UniqueKeys { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets a value indicating whether the step gets no environment; <see langword="null"/> if nothing is asked for.</summary>
    /// <remarks>A category without packages counts as asked for: a bare <c>[PyPI]</c> on a step gives it an environment.</remarks>
    public bool? IsDisabled => Disabled ?? (AsksForSomething ? false : null);

    /// <summary>Gets what the requirement begins with: a name, or <c>step:</c> and a pathspec; <see langword="null"/> for
    /// nothing.</summary>
    public string? Start => Name ?? (Pathspec is { } pathspec ? $"step:{pathspec}" : null);

    /// <summary>Gets a value indicating whether packages are asked for, beside those of what the requirement begins with.</summary>
    public bool HasPackages => Packages.Values.Any(static packages => packages.Count > 0);

    private bool AsksForSomething
        => Python is not null || Name is not null || Pathspec is not null || FetchAtExecution == true
            || Packages.Count > 0 || Sources.Count > 0 || FilePaths.Count > 0;

    /// <summary>Puts together two requirements of one level: what one of them asks for counts, and what both ask for must agree.</summary>
    /// <param name="first">The first requirement.</param>
    /// <param name="second">The second requirement. Its name or pathspec takes the place of the other kind in the first.</param>
    /// <returns>The requirement.</returns>
    /// <exception cref="ConfigurationException">The two contradict each other (MF7101, MF7105), or one has both a name and a pathspec
    /// (MF7102), or a constraint that cannot be read (MF7103, MF7104).</exception>
    public static EnvironmentRequirement Merge(EnvironmentRequirement first, EnvironmentRequirement second)
        => new RequirementMerge(first, second).Merge();

    /// <summary>Puts a requirement of a step over that of its flow: what the step asks for takes the place of what the flow asks
    /// for.</summary>
    /// <param name="flow">The flow's requirement.</param>
    /// <param name="step">The step's requirement.</param>
    /// <returns>The requirement.</returns>
    /// <exception cref="ConfigurationException">One of the two is wrong in itself (MF7102 to MF7105).</exception>
    public static EnvironmentRequirement Override(EnvironmentRequirement flow, EnvironmentRequirement step)
        => new RequirementMerge(flow, step).Override();

    /// <summary>Refuses an environment that is to be looked up when a task starts, and asks for more than a name: then nothing can be
    /// resolved any more.</summary>
    /// <exception cref="ConfigurationException">MF7106.</exception>
    public void RequireFetchable()
    {
        if (FetchAtExecution != true || (Start is not null && !HasPackages && Sources.Count == 0 && Python is null))
        {
            return;
        }

        throw new ConfigurationException(
            ErrorCodes.FetchNeedsName,
            $"{Place} looks an environment up when a task starts, "
                + (Start is null ? "and names none." : "and asks for further packages."),
            "Packages are found before a run begins. When a task starts, Metaflow can only look up the name of an environment.",
            "Give the environment a name, and take the packages and sources away from the step and its flow. "
                + "Or remove FetchAtExec.")
        { ExitCode = ExitCodes.Usage };
    }

    /// <summary>Returns the requirement with one text for each constraint, as environments are known by it.</summary>
    /// <returns>The requirement.</returns>
    /// <exception cref="ConfigurationException">See <see cref="Override"/>.</exception>
    public EnvironmentRequirement Normalize() => Override(None, this);
}
