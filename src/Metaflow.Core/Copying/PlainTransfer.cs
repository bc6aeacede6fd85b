using Metaflow.Errors;
using Metaflow.Storage;

namespace Metaflow.Copying;

/// <summary>An object that is copied as it is: a list, a note, a log, a card.</summary>
/// <param name="Path">The path relative to the roots of both stores.</param>
/// <param name="Length">Its length in the source.</param>
internal sealed record PlainObject(string Path, long Length)
{
    /// <summary>Gets its path in the target; by default the same.</summary>
    public string TargetPath { get; init; } = Path;

    /// <summary>Gets the type and the texts to keep with it; <see langword="null"/>, the default, for none.</summary>
    public BlobProperties? Properties { get; init; }

    /// <summary>Gets a value indicating whether the target is known to have it otherwise, whatever its length. The default is
    /// <see langword="false"/>.</summary>
    public bool IsChanged { get; init; }
}

/// <summary>Copies objects that the target lacks, or has in another length.</summary>
/// <param name="source">The source.</param>
/// <param name="target">The target.</param>
/// <param name="tally">Counts.</param>
/// <param name="isDryRun">Whether nothing is sent.</param>
internal sealed class PlainTransfer(IBlobStore source, IBlobStore target, CopyTally tally, bool isDryRun)
{
    /// <summary>Finds the objects of the source, with their lengths.</summary>
    /// <param name="paths">The paths.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Those that exist.</returns>
    public async Task<IReadOnlyList<PlainObject>> FindAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var states = await source.StateAsync(paths, cancellationToken).ConfigureAwait(false);
        return [.. paths.Select((path, i) => states[i] is { } state ? new PlainObject(path, state.Length) : null).OfType<PlainObject>()];
    }

    /// <summary>Finds all objects below a folder.</summary>
    /// <param name="folder">The folder relative to the root.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The objects.</returns>
    public async Task<IReadOnlyList<PlainObject>> FindBelowAsync(string folder, CancellationToken cancellationToken)
    {
        var paths = new List<string>();
        var folders = new Queue<string>([folder]);
        while (folders.TryDequeue(out var next))
        {
            foreach (var entry in await source.ListAsync(next, cancellationToken).ConfigureAwait(false))
            {
                var path = $"{next}/{entry.Name}";
                if (entry.IsFolder)
                {
                    folders.Enqueue(path);
                }
                else
                {
                    paths.Add(path);
                }
            }
        }

        return await FindAsync(paths, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Copies objects; they are durable when the call returns.</summary>
    /// <param name="objects">The objects.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when the target has them all, but for those that the source cannot read.</returns>
    /// <exception cref="StorageException">A store failed (MF4001 and on).</exception>
    public async Task CopyAsync(IReadOnlyList<PlainObject> objects, CancellationToken cancellationToken)
    {
        if (objects.Count == 0)
        {
            return;
        }

        var states = await target.StateAsync([.. objects.Select(static item => item.TargetPath)], cancellationToken).ConfigureAwait(false);
        var lacking = objects.Where((item, i) => states[i]?.Length != item.Length || item.IsChanged).ToList();
        tally.AddFound(objects.Count - lacking.Count);
        if (isDryRun)
        {
            tally.AddSent(lacking.Count, lacking.Sum(static item => item.Length));
            return;
        }

        await CopyBatches.ForEachAsync(
            CopyBatches.Of(lacking, static item => item.Length), SendAsync, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask SendAsync(IReadOnlyList<PlainObject> batch, CancellationToken cancellationToken)
    {
        Passage[] passages = [.. batch.Select(item => new Passage(source, item, tally))];
        try
        {
            await target.SaveAsync(
                [.. passages.Select(static passage => passage.ToWrite())], overwrite: true, cancellationToken).ConfigureAwait(false);
            tally.AddSent(batch.Count, passages.Sum(static passage => passage.Bytes));
        }
        catch (StorageException) when (Array.Find(passages, static passage => passage.Fault is not null) is { Fault: { } fault }
            && SourceFaults.IsOfOneObject(fault, source))
        {
            if (batch.Count == 1)
            {
                tally.AddProblem(batch[0].Path, fault);
                return;
            }

            foreach (var item in batch)
            {
                await SendAsync([item], cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private sealed class Passage(IBlobStore source, PlainObject item, CopyTally tally)
    {
        public BlobWrite ToWrite() => new(item.TargetPath, WriteAsync) { Properties = item.Properties };

        public long Bytes { get; private set; }

        public StorageException? Fault { get; private set; }

        private async ValueTask WriteAsync(Stream stream, CancellationToken cancellationToken)
        {
            var name = $"{source.Root}/{item.Path}";
            try
            {
                var read = await source.OpenAsync(item.Path, cancellationToken).ConfigureAwait(false)
                    ?? throw SourceFaults.Missing(source, item.Path);
                using var content = read.Content;
                Bytes = 0;
                using var passing = new PassingStream(content, name, stream, Count);
                await passing.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);

                // A log may have grown since; nothing becomes shorter.
                if (Bytes < item.Length)
                {
                    throw StorageErrors.Read(new EndOfStreamException("It ends too early."), name);
                }
            }
            catch (StorageException error)
            {
                Fault = error;
                throw;
            }
        }

        private void Count(int bytes)
        {
            Bytes += bytes;
            tally.AddPassed(bytes);
        }
    }
}
