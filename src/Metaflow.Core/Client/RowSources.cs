using System.Collections.Concurrent;
using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>The artifacts of the same task of many runs. Who asks one of them for a small value is about to ask the others, so all are read
/// at once.</summary>
internal sealed class RowSources
{
    // What is larger is no number that runs are compared by, and is read of that run alone.
    private const long LargestTogether = 64 << 10;

    private readonly List<RowSource> _rows = [];
    private readonly ConcurrentDictionary<(string Name, Type Type), Kept<bool>> _columns = new();

    /// <summary>Adds the artifacts of a run.</summary>
    /// <param name="artifacts">The artifacts.</param>
    /// <returns>Where its values come from.</returns>
    public IArtifactSource Add(TaskArtifacts artifacts)
    {
        var row = new RowSource(this, artifacts);
        _rows.Add(row);
        return row;
    }

    private ValueTask<bool> ReadAsync<T>(string name, CancellationToken cancellationToken)
        => _columns.GetOrAdd((name, typeof(T)), _ => new Kept<bool>(async token =>
        {
            await _rows.ReadEachAsync((row, other) => row.TryReadAsync<T>(name, other), token).ConfigureAwait(false);
            return true;
        })).GetAsync(cancellationToken);

    private sealed class RowSource(RowSources all, TaskArtifacts artifacts) : IArtifactSource
    {
        private readonly ConcurrentDictionary<(string Name, Type Type), object?> _read = new();

        public bool Contains(string name) => artifacts.Contains(name);

        public T Load<T>(string name) => Completion.Of(() => LoadAsync<T>(name, CancellationToken.None));

        public async ValueTask<T> LoadAsync<T>(string name, CancellationToken cancellationToken)
        {
            if (artifacts.Find(name).Size <= LargestTogether)
            {
                await all.ReadAsync<T>(name, cancellationToken).ConfigureAwait(false);
            }

            return _read.TryRemove((name, typeof(T)), out var value)
                ? (T)value!
                : await artifacts.LoadAsync<T>(name, cancellationToken).ConfigureAwait(false);
        }

        // What cannot be read is an error of the row alone, and for whoever asks it.
        public async Task<bool> TryReadAsync<T>(string name, CancellationToken cancellationToken)
        {
            if (!artifacts.Contains(name) || artifacts.Find(name).Size > LargestTogether)
            {
                return false;
            }

            try
            {
                _read[(name, typeof(T))] = await artifacts.LoadAsync<T>(name, cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (MetaflowException)
            {
                return false;
            }
        }
    }
}
