using Metaflow.Environments.Records;
using Metaflow.Environments.Storage;
using Metaflow.Errors;

namespace Metaflow.Environments.Workspaces;

/// <summary>An environment in a list.</summary>
/// <param name="Id">The identity.</param>
/// <param name="Environment">The environment; <see langword="null"/> if its record cannot be read.</param>
/// <param name="Names">The names that users gave it, sorted.</param>
internal sealed record ListedEnvironment(EnvironmentId Id, ResolvedEnvironment? Environment, IReadOnlyList<EnvironmentName> Names)
{
    /// <summary>Gets a value indicating whether this machine's list has it.</summary>
    public bool IsHere { get; init; }

    /// <summary>Gets a value indicating whether the datastore has it.</summary>
    public bool IsStored { get; init; }

    /// <summary>Gets why the record cannot be read; <see langword="null"/> if it can.</summary>
    public MetaflowException? Problem { get; init; }
}
