using Metaflow.Environments.Records;
using Metaflow.Environments.Requirements;

namespace Metaflow.Environments.Resolution;

/// <summary>An environment to resolve.</summary>
/// <param name="Name">Names it in messages, such as <c>step 'train'</c>.</param>
/// <param name="Request">What is asked for.</param>
/// <param name="Framework">The framework of the program, such as <c>net10.0</c>.</param>
/// <param name="Architecture">The kind of machine that it is for.</param>
internal sealed record WantedEnvironment(string Name, EnvironmentRequest Request, string Framework, string Architecture)
{
    private const string Equality = "==";

    /// <summary>Gets the packages of NuGet by identifier.</summary>
    public IReadOnlyDictionary<string, NuGetConstraint> Packages { get; } = PackagesOf(Request);

    /// <summary>Gets the exact version of the runtime; <see langword="null"/> for that of the machine.</summary>
    public string? DotNetVersion { get; } = RuntimeRequirement.VersionOf(Request.Requirements);

    /// <summary>Gets the sources, with credentials, to use instead of those of NuGet's configuration files.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>Gets the channels of conda, with credentials, the preferred one first; none by default.</summary>
    public IReadOnlyList<string> Channels { get; init; } = [];

    /// <summary>Gets the indexes of Python packages, with credentials, the first one first; none by default: then pip's own is
    /// used.</summary>
    public IReadOnlyList<string> Indices { get; init; } = [];

    /// <summary>Gets the environment that this one begins with: the files of its packages serve where no source has them;
    /// <see langword="null"/>, the default, for none.</summary>
    public ResolvedEnvironment? Start { get; init; }

    /// <summary>Gets a value indicating whether packages of NuGet or a runtime are asked for.</summary>
    public bool HasLibraries => Packages.Count > 0 || DotNetVersion is not null;

    /// <summary>Gets a value indicating whether packages of conda or PyPI are asked for.</summary>
    public bool HasPrefix => Request.Requirements.Any(static text
        => text.Category is Categories.Conda or Categories.CondaWithoutPython or Categories.PyPI);

    /// <summary>Gets the hashes that the contents of packages must have, by <c>id/version</c> in lower case; none by default.</summary>
    public IReadOnlyDictionary<string, string> ContentHashes { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the exact packages that a lock file has; <see langword="null"/>, the default, if they are to be found.</summary>
    public LockedContent? Locked { get; init; }

    /// <summary>Returns the environment that a requirement asks for.</summary>
    /// <param name="name">Names it in messages, such as <c>step 'train'</c>.</param>
    /// <param name="requirement">The requirement, in which those of flow and step are together.</param>
    /// <param name="framework">The framework of the program, such as <c>net10.0</c>.</param>
    /// <param name="architecture">The kind of machine that it is for.</param>
    /// <returns>The environment.</returns>
    /// <exception cref="Errors.ConfigurationException">The requirement is wrong in itself (MF7102 to MF7105), or asks for a runtime that
    /// cannot run the program (MF7107).</exception>
    public static WantedEnvironment Of(string name, EnvironmentRequirement requirement, string framework, string architecture)
    {
        var wanted = new WantedEnvironment(name, EnvironmentRequest.Of(requirement, framework), framework, architecture)
        {
            Sources = requirement.Sources.GetValueOrDefault(Categories.NuGet) ?? [],
            Channels = requirement.Sources.GetValueOrDefault(Categories.Conda) ?? [],
            Indices = requirement.Sources.GetValueOrDefault(Categories.PyPI) ?? [],
        };
        if (wanted.DotNetVersion is { } version)
        {
            RuntimeRequirement.RequireFor(version, framework, name);
        }

        return wanted;
    }

    /// <summary>Returns the environment that was found for what is asked.</summary>
    /// <param name="packages">The packages in the order of installation.</param>
    /// <param name="kind">The kind of environment.</param>
    /// <param name="resolvedOn">When they were found.</param>
    /// <param name="resolvedBy">Who found them.</param>
    /// <returns>The environment.</returns>
    public ResolvedEnvironment Found(IReadOnlyList<LockedPackage> packages, string kind, DateTimeOffset resolvedOn, string resolvedBy)
        => new()
        {
            Id = new EnvironmentId(
                Request.RequestId, EnvironmentHash.OfPackages(packages, Architecture, Request.UniqueKeys), Architecture),
            Requirements = Request.Requirements,
            Sources = Request.Sources,
            Extras = Request.Extras,
            UniqueKeys = Request.UniqueKeys,
            Packages = packages,
            ResolvedOn = resolvedOn,
            ResolvedBy = resolvedBy,
            Architectures = [Architecture],
            Kind = kind,
        };

    private static Dictionary<string, NuGetConstraint> PackagesOf(EnvironmentRequest request)
        => request.Requirements.Where(static text => text.Category == Categories.NuGet)
            .Select(static text => text.Value.Split(Equality, 2))
            .ToDictionary(
                static parts => parts[0],
                static parts => parts is [_, var text] ? NuGetConstraint.Parse(text, parts[0]) : NuGetConstraint.Any);
}

/// <summary>An environment that was resolved just now.</summary>
/// <param name="Environment">The environment.</param>
/// <param name="Files">The files of its packages on this machine, by SHA-256.</param>
internal sealed record LockedEnvironment(ResolvedEnvironment Environment, IReadOnlyDictionary<string, string> Files);
