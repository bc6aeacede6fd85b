using System.Collections.Concurrent;
using Metaflow.Artifacts;
using Metaflow.Errors;

namespace Metaflow.Tasks;

/// <summary>Reads what a run takes over from an earlier one to its end, each value once: what cannot be read is not a result, and its
/// task can still run.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class CheckedArtifacts(FlowDatastore datastore)
{
    private readonly ConcurrentDictionary<string, Lazy<Task>> _values = new(StringComparer.Ordinal);

    /// <summary>Finds the first artifact that cannot be read.</summary>
    /// <param name="artifacts">The artifacts.</param>
    /// <param name="areParameters">Whether they are parameters.</param>
    /// <returns>What is wrong with it; <see langword="null"/> when all can be read.</returns>
    public async Task<StorageException?> FirstDamageAsync(IEnumerable<ArtifactRecord> artifacts, bool areParameters = false)
    {
        foreach (var artifact in artifacts)
        {
            try
            {
                await _values.GetOrAdd(
                    artifact.Key,
                    _ => new Lazy<Task>(() => datastore.CheckAsync(artifact, areParameters, default).AsTask())).Value.ConfigureAwait(false);
            }
            catch (StorageException damage)
            {
                // The task that runs in its place may store the value again.
                _values.TryRemove(artifact.Key, out _);
                return damage;
            }
        }

        return null;
    }
}
