using Metaflow.Environments.Records;
using Metaflow.Environments.Requirements;
using Metaflow.Environments.Storage;
using Metaflow.Errors;

namespace Metaflow.Environments.Workspaces;

/// <summary>Finds environments by the names and pathspecs that requirements have.</summary>
/// <param name="book">The environments that are known.</param>
internal sealed class NamedEnvironments(EnvironmentBook book)
{
    /// <summary>Finds the environment that a text names.</summary>
    /// <param name="text">A name, both hashes, the hash of packages, or <c>step:Flow/run/step</c>.</param>
    /// <param name="architecture">The kind of machine.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environment.</returns>
    /// <exception cref="EnvironmentException">MF7034: the text is no name. MF7036: the task has no environment. MF7039: there is no such
    /// environment.</exception>
    public async Task<ResolvedEnvironment> FindAsync(string text, string architecture, CancellationToken cancellationToken)
        => await book.ResolveAsync(text, architecture, cancellationToken).ConfigureAwait(false) is { } id
            && await book.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } environment
                ? environment
                : throw new EnvironmentException(
                    ErrorCodes.EnvironmentUnknown,
                    $"There is no environment '{text}' for '{architecture}'.",
                    "Neither this machine nor the datastore has it.",
                    "'metaflow environment list' shows those that there are. 'metaflow environment resolve --alias' makes one with a "
                        + "name.");

    /// <summary>Finds the environment that a requirement begins with.</summary>
    /// <param name="requirement">The requirement.</param>
    /// <param name="architecture">The kind of machine.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environment; <see langword="null"/> if the requirement names none.</returns>
    /// <exception cref="EnvironmentException">See the other overload.</exception>
    public async Task<ResolvedEnvironment?> FindAsync(
        EnvironmentRequirement requirement, string architecture, CancellationToken cancellationToken)
        => (requirement.Name ?? (requirement.Pathspec is { } pathspec ? $"step:{pathspec}" : null)) is { } text
            ? await FindAsync(text, architecture, cancellationToken).ConfigureAwait(false)
            : null;

    /// <summary>Returns the requirement of an environment with more packages than another one: those of the other one, exactly, except
    /// where the requirement says otherwise.</summary>
    /// <param name="environment">The environment to begin with.</param>
    /// <param name="requirement">What is asked for in addition.</param>
    /// <returns>The requirement.</returns>
    public static EnvironmentRequirement Extend(ResolvedEnvironment environment, EnvironmentRequirement requirement)
    {
        var pins = environment.Packages.OfType<NuGetPackage>().ToDictionary(
            static package => package.Id.ToLowerInvariant(), static package => $"[{package.Version}]", StringComparer.Ordinal);
        var known = new EnvironmentRequirement($"the environment '{environment.Id}'")
        {
            Packages = new Dictionary<string, IReadOnlyDictionary<string, string>> { [Categories.NuGet] = pins },
        };
        return EnvironmentRequirement.Override(known, requirement with { Name = null, Pathspec = null });
    }
}
