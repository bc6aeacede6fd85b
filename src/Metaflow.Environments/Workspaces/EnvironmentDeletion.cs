using Metaflow.Environments.Records;
using Metaflow.Environments.Storage;

namespace Metaflow.Environments.Workspaces;

/// <summary>What has to go when an environment is deleted.</summary>
/// <param name="Target">The environment, on machines of every kind.</param>
/// <param name="Here">Those that this machine's list has.</param>
/// <param name="Stored">Those that the datastore has; none if it is left alone.</param>
/// <param name="Names">The names that users gave it.</param>
internal sealed record EnvironmentDeletion(
    EnvironmentTarget Target, IReadOnlyList<EnvironmentId> Here, IReadOnlyList<EnvironmentId> Stored,
    IReadOnlyList<EnvironmentName> Names);
