namespace Metaflow;

/// <summary>What is known of the environment of a step, for a kind of machine; see <see cref="FlowRunner"/>.</summary>
public sealed record StepEnvironment
{
    /// <summary>Gets the step's name on disk.</summary>
    public required string Step { get; init; }

    /// <summary>Gets the kind of machine, such as <c>linux-64</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Gets what there is of the environment.</summary>
    public required StepEnvironmentState State { get; init; }

    /// <summary>Gets the hash of what is asked for; <see langword="null"/> if the step runs with the packages of the program.</summary>
    public string? RequestId { get; init; }

    /// <summary>Gets the hash of the packages found; <see langword="null"/> if the environment is not resolved.</summary>
    public string? FullId { get; init; }

    /// <summary>Gets a value indicating whether it was resolved by this call. The default is <see langword="false"/>.</summary>
    public bool IsNew { get; init; }

    /// <summary>Gets the name or the pathspec of the environment that this one begins with; <see langword="null"/> if it begins with
    /// none.</summary>
    public string? BeginsWith { get; init; }

    /// <summary>Gets the packages that are asked for, with the versions that are allowed. None by default.</summary>
    public IReadOnlyList<StepPackage> RequestedPackages { get; init; } = [];

    /// <summary>Gets the sources that are asked for, without credentials. None by default: then the sources of NuGet's configuration
    /// files are used.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>Gets the exact packages, those that others need too. None if the environment is not resolved.</summary>
    public IReadOnlyList<StepPackage> Packages { get; init; } = [];

    /// <summary>Gets the names that users gave the environment, sorted. None by default.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Gets when it was resolved; <see langword="null"/> if it is not.</summary>
    public DateTimeOffset? ResolvedOn { get; init; }

    /// <summary>Gets who resolved it; <see langword="null"/> if nobody has.</summary>
    public string? ResolvedBy { get; init; }
}

/// <summary>What there is of the environment of a step.</summary>
public enum StepEnvironmentState
{
    /// <summary>The step runs with the packages that the program was compiled with.</summary>
    Disabled,

    /// <summary>Nobody has found packages for what the step asks for.</summary>
    Unresolved,

    /// <summary>The step looks the name of its environment up each time that a task starts.</summary>
    LookedUpLater,

    /// <summary>The packages are known, and not all of them are on this machine.</summary>
    Resolved,

    /// <summary>The packages are known, and unpacked on this machine.</summary>
    OnThisMachine,
}

/// <summary>A package of a step's environment.</summary>
/// <param name="Category">Who provides it: <c>nuget</c>.</param>
/// <param name="Name">The package's name.</param>
/// <param name="Version">The exact version of a package found; the versions that are allowed for one that is asked for, empty for
/// all.</param>
public sealed record StepPackage(string Category, string Name, string Version)
{
    /// <summary>Gets the hash of a package found, for NuGet the SHA-512 of its content in Base64; <see langword="null"/> for one that is
    /// asked for.</summary>
    public string? Hash { get; init; }

    /// <summary>Gets the place where a package was found; <see langword="null"/> for one that is asked for.</summary>
    public string? Source { get; init; }
}
