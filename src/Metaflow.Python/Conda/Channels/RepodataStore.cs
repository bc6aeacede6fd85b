using System.Net.Http;
using System.Security.Cryptography;
using System.Text.Json;
using Metaflow.Errors;
using SharpCompress.Common;
using ZstdSharp;

namespace Metaflow.Python.Conda.Channels;

/// <summary>Fetches the lists of channels' packages and keeps them in a folder, with an index each.</summary>
/// <remarks>Several processes may use the folder at once. Content has a name of its own and never changes; a small file, which is replaced
/// whole, says which content is the present one. An object may be used by several threads, except for what it opens.</remarks>
/// <param name="options">How lists are fetched and kept.</param>
/// <param name="pool">The texts that were read before.</param>
internal sealed class RepodataStore(RepodataOptions options, TextPool pool)
{
    private const int BufferSize = 256 << 10;
    private const int Attempts = 5;

    /// <summary>Opens the list of a channel's packages for a platform, after fetching it where it is new.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="platform">The platform.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>The list; <see langword="null"/> if the channel has none for the platform.</returns>
    /// <exception cref="EnvironmentException">MF7054: the list cannot be fetched; MF7055: it is damaged; MF7057: it cannot be
    /// kept.</exception>
    public async Task<Repodata?> OpenAsync(CondaChannel channel, string platform, CancellationToken cancellationToken)
    {
        var address = channel.AddressOf(platform);
        var place = new ListPlace(options.CacheFolder, address);
        var kept = place.ReadState();
        var isFresh = kept is not null && (options.IsOffline || options.Time.GetUtcNow() - kept.Checked < options.FreshFor);
        if (options.IsOffline && kept is null)
        {
            throw ChannelErrors.Offline(address);
        }

        if (isFresh && TryOpen(channel, platform, place, kept!, cancellationToken) is { } fresh)
        {
            return fresh;
        }

        // Another process may replace what this one is about to open: then its content is the one to open.
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var present = await RefreshAsync(channel, address, place, place.ReadState(), cancellationToken).ConfigureAwait(false);
            if (present is null)
            {
                return null;
            }

            if (TryOpen(channel, platform, place, present, cancellationToken) is { } opened)
            {
                return opened;
            }

            place.Forget();
        }

        throw ChannelErrors.NotKept(options.CacheFolder, new IOException("Its files vanish while they are read."));
    }

    private async Task<RepodataState?> RefreshAsync(
        CondaChannel channel, string address, ListPlace place, RepodataState? kept, CancellationToken cancellationToken)
    {
        kept = kept is not null && File.Exists(place.List(kept)) ? kept : null;
        var variants = RepodataVariant.All.OrderBy(variant => variant.FileName == kept?.FileName ? 0 : 1);
        foreach (var variant in variants)
        {
            var known = variant.FileName == kept?.FileName ? kept : null;
            var url = $"{address}/{variant.FileName}";
            using var source = await AskAsync(channel, url, known, cancellationToken).ConfigureAwait(false);
            if (source.Outcome == ListOutcome.Missing)
            {
                continue;
            }

            var state = source.Outcome == ListOutcome.Unchanged && known is not null
                ? known
                : await KeepAsync(variant, url, address, place, source, cancellationToken).ConfigureAwait(false);
            state = state with { Checked = options.Time.GetUtcNow() };
            Written(() => place.WriteState(state));
            return state;
        }

        return null;
    }

    private async Task<ListSource> AskAsync(CondaChannel channel, string url, RepodataState? kept, CancellationToken cancellationToken)
    {
        try
        {
            return channel.Folder is not null
                ? ListSource.FromFile(new Uri(url).LocalPath, kept)
                : await ListSource.FromServerAsync(options, channel, url, kept, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (IsNetwork(error, cancellationToken) || error is IOException or UnauthorizedAccessException)
        {
            throw ChannelErrors.NotFetched(url, error);
        }
    }

    private async Task<RepodataState> KeepAsync(
        RepodataVariant variant, string url, string address, ListPlace place, ListSource source, CancellationToken cancellationToken)
    {
        var temporary = place.Temporary();
        var index = place.Temporary();
        try
        {
            var hash = await CopyAsync(variant, url, source.Content, temporary, cancellationToken).ConfigureAwait(false);
            var state = new RepodataState
            {
                Address = address,
                FileName = variant.FileName,
                Content = hash[..32],
                ETag = source.ETag,
                LastModified = source.LastModified,
            };
            WriteIndex(url, temporary, index, cancellationToken);
            Written(() =>
            {
                ListPlace.Move(index, place.Index(state));
                ListPlace.Move(temporary, place.List(state));
                place.Sweep(state);
            });
            return state;
        }
        finally
        {
            ListPlace.Delete(temporary);
            ListPlace.Delete(index);
        }
    }

    private async Task<string> CopyAsync(
        RepodataVariant variant, string url, Stream content, string path, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var target = Written(() =>
        {
            Directory.CreateDirectory(options.CacheFolder);
            return new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0, useAsync: true);
        });
        var list = Opened(variant, url, content, cancellationToken);
        await using (list.ConfigureAwait(false))
        {
            var buffer = new byte[BufferSize];
            while (true)
            {
                var read = await ReadAsync(list, url, buffer, cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    return Convert.ToHexStringLower(hash.GetHashAndReset());
                }

                hash.AppendData(buffer.AsSpan(0, read));
                try
                {
                    await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                }
                catch (IOException error)
                {
                    throw ChannelErrors.NotKept(options.CacheFolder, error);
                }
            }
        }
    }

    private static Stream Opened(RepodataVariant variant, string url, Stream content, CancellationToken cancellationToken)
    {
        try
        {
            return variant.Open(content);
        }
        catch (Exception error) when (IsNetwork(error, cancellationToken))
        {
            throw ChannelErrors.NotFetched(url, error);
        }
        catch (Exception error) when (IsDamage(error))
        {
            throw ChannelErrors.Damaged(url, $"It cannot be unpacked: {error.Message}", error);
        }
    }

    private static async Task<int> ReadAsync(Stream list, string url, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await list.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (IsNetwork(error, cancellationToken))
        {
            throw ChannelErrors.NotFetched(url, error);
        }
        catch (Exception error) when (IsDamage(error))
        {
            throw ChannelErrors.Damaged(url, $"It cannot be unpacked: {error.Message}", error);
        }
    }

    private static bool IsNetwork(Exception error, CancellationToken cancellationToken)
        => error is HttpRequestException or HttpIOException
            || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    // The libraries that unpack report damage in many ways.
    private static bool IsDamage(Exception error)
        => error is IOException or InvalidDataException or ZstdException or SharpCompressException or IndexOutOfRangeException
            or InvalidOperationException or ArgumentException or NotSupportedException;

    private void WriteIndex(string url, string list, string index, CancellationToken cancellationToken)
    {
        RepodataScan scan;
        long length;
        try
        {
            using var stream = new FileStream(list, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
            length = stream.Length;
            scan = RepodataScan.Read(stream, cancellationToken);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or OverflowException)
        {
            throw ChannelErrors.Damaged(url, $"It is no JSON of packages: {error.Message}", error);
        }

        Written(() => RepodataIndex.Write(scan, length, index));
    }

    private Repodata? TryOpen(
        CondaChannel channel, string platform, ListPlace place, RepodataState state, CancellationToken cancellationToken)
    {
        Microsoft.Win32.SafeHandles.SafeFileHandle? list = null;
        try
        {
            list = File.OpenHandle(place.List(state), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            var length = RandomAccess.GetLength(list);
            var index = RepodataIndex.Open(place.Index(state), length)
                ?? IndexedAgain(channel.AddressOf(platform), place, state, length, cancellationToken);
            if (index is null)
            {
                return null;
            }

            var opened = new Repodata(channel, platform, list, index, pool);
            list = null;
            return opened;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ChannelErrors.NotKept(options.CacheFolder, error);
        }
        finally
        {
            list?.Dispose();
        }
    }

    // The index is lost or damaged: it is made again. Where the list is damaged too, both are fetched again.
    private RepodataIndex? IndexedAgain(
        string address, ListPlace place, RepodataState state, long length, CancellationToken cancellationToken)
    {
        var temporary = place.Temporary();
        try
        {
            WriteIndex(address, place.List(state), temporary, cancellationToken);
            File.Move(temporary, place.Index(state), overwrite: true);
            return RepodataIndex.Open(place.Index(state), length);
        }
        catch (EnvironmentException) when (!options.IsOffline)
        {
            ListPlace.Delete(place.List(state));
            return null;
        }
        finally
        {
            ListPlace.Delete(temporary);
        }
    }

    private void Written(Action write) => Written(() =>
    {
        write();
        return 0;
    });

    private T Written<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ChannelErrors.NotKept(options.CacheFolder, error);
        }
    }
}
