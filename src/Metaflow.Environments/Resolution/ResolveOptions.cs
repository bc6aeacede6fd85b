using Metaflow.Environments.Records;

namespace Metaflow.Environments.Resolution;

/// <summary>How environments are looked for.</summary>
internal sealed record ResolveOptions
{
    /// <summary>Gets a value indicating whether they are resolved though they are known. The default is <see langword="false"/>.</summary>
    public bool IsForced { get; init; }

    /// <summary>Gets a value indicating whether nothing is stored. The default is <see langword="false"/>.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>Gets a value indicating whether the datastore is left alone. The default is <see langword="false"/>.</summary>
    public bool IsLocalOnly { get; init; }

    /// <summary>Gets a value indicating whether this machine uses from now on what is resolved now. The default is
    /// <see langword="true"/>.</summary>
    public bool SetsDefault { get; init; } = true;
}

/// <summary>An environment that was found.</summary>
/// <param name="Environment">The environment.</param>
/// <param name="IsNew">Whether it was resolved just now.</param>
internal sealed record FoundEnvironment(ResolvedEnvironment Environment, bool IsNew);
