using Metaflow.Environments.Records;
using Metaflow.Errors;

namespace Metaflow.Environments.Storage;

/// <summary>An environment, as far as one of its records can be read.</summary>
/// <param name="Environment">The environment; <see langword="null"/> if it is nowhere, or no record of it can be read.</param>
/// <param name="Here">What is wrong with the record of this machine; <see langword="null"/> for nothing.</param>
/// <param name="Stored">What is wrong with the record in the datastore; <see langword="null"/> for nothing, and if it was not
/// needed.</param>
internal sealed record ReadableEnvironment(
    ResolvedEnvironment? Environment, EnvironmentException? Here, EnvironmentException? Stored);
