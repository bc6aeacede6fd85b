using Metaflow.Environments.Requirements;

namespace Metaflow.Environments.Files;

/// <summary>What a file asks for.</summary>
/// <param name="Requirement">The requirement.</param>
/// <param name="Notes">What of the file does not count here and why: sentences to show to the user.</param>
internal sealed record FileRequirement(EnvironmentRequirement Requirement, IReadOnlyList<string> Notes)
{
    /// <summary>Gets the hashes of the contents of packages of NuGet that a lock file knows, by <c>id/version</c> in lower case.</summary>
    public IReadOnlyDictionary<string, string> ContentHashes { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the exact packages that a lock file has; <see langword="null"/>, the default, if they are to be found.</summary>
    public LockedContent? Locked { get; init; }
}
