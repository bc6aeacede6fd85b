using Metaflow.Errors;
using Metaflow.Storage;

namespace Metaflow.Launching;

/// <summary>Lets logs grow in a store that knows whole objects only: each is written anew some time after it has changed, and at its
/// end.</summary>
/// <param name="blobs">The store.</param>
/// <param name="time">The clock.</param>
internal sealed class WholeLogs(IBlobStore blobs, TimeProvider time) : IAppendableBlobStore
{
    /// <summary>How old a log in the store may be while its task writes.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Returns what lets the logs of a store grow.</summary>
    /// <param name="blobs">The store.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The store itself where it can append.</returns>
    public static IAppendableBlobStore Of(IBlobStore blobs, TimeProvider time)
        => blobs as IAppendableBlobStore ?? new WholeLogs(blobs, time);

    /// <inheritdoc/>
    public Stream OpenAppend(string path) => new WholeLog(blobs, path, time);

    /// <summary>The writer's side is used by one thread at a time; the store is written by the timer, and at the end.</summary>
    private sealed class WholeLog : MemoryStream
    {
        private readonly IBlobStore _blobs;
        private readonly string _path;
        private readonly ITimer _timer;
        private readonly Lock _lock = new();
        private readonly SemaphoreSlim _saving = new(1);
        private long _saved;
        private long _version;
        private bool _isDisposed;

        public WholeLog(IBlobStore blobs, string path, TimeProvider time)
        {
            _blobs = blobs;
            _path = path;
            _timer = time.CreateTimer(_ => _ = TrySaveAsync(), null, Interval, Interval);
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            lock (_lock)
            {
                base.Write(buffer, offset, count);
                _version++;
            }
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            lock (_lock)
            {
                base.Write(buffer);
                _version++;
            }
        }

        public override void SetLength(long value)
        {
            lock (_lock)
            {
                base.SetLength(value);
                _version++;
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing && !_isDisposed)
            {
                _isDisposed = true;
                _timer.Dispose();
                try
                {
                    // Of a log that was never written there is no object.
                    SaveAsync().GetAwaiter().GetResult();
                }
                finally
                {
                    _saving.Dispose();
                    base.Dispose(disposing);
                }
            }
        }

        private async Task TrySaveAsync()
        {
            try
            {
                await SaveAsync().ConfigureAwait(false);
            }
            catch (Exception error) when (error is StorageException or ObjectDisposedException)
            {
                // The next write, or the last one, tells.
            }
        }

        private async Task SaveAsync()
        {
            await _saving.WaitAsync().ConfigureAwait(false);
            try
            {
                byte[] content;
                long version;
                lock (_lock)
                {
                    if (_version == _saved)
                    {
                        return;
                    }

                    content = ToArray();
                    version = _version;
                }

                await _blobs.SaveAsync([new BlobWrite(_path, content)], overwrite: true, default).ConfigureAwait(false);
                _saved = version;
            }
            finally
            {
                _saving.Release();
            }
        }
    }
}
