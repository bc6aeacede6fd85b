using System.Globalization;
using System.Security.Cryptography;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Transfer;
using Microsoft.Win32.SafeHandles;

namespace Metaflow.ObjectStorage.Data;

/// <summary>Gets objects of a bucket: small ones in one request, large ones in parts at the same time. Thread-safe.</summary>
/// <param name="client">Sends the requests.</param>
internal sealed class ObjectDownloads(ObjectClient client) : IDisposable
{
    private const int PartSize = 8 << 20;

    /// <summary>How many parts of one object are on their way at the same time. Each takes a connection and a small buffer.</summary>
    private const int PartsAtOnce = 8;

    /// <summary>How many large objects are: of more, none would come sooner.</summary>
    private const int LargeObjectsAtOnce = 4;

    private readonly SemaphoreSlim _large = new(LargeObjectsAtOnce);

    /// <summary>Writes an object, or a part of it, into a new file, and compares it with its checksum if it has one.</summary>
    /// <param name="range">The object.</param>
    /// <param name="address">Its address, for errors.</param>
    /// <param name="file">The file.</param>
    /// <param name="received">Called with numbers of bytes as they arrive.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What was written; <see langword="null"/> if there is no such object.</returns>
    public async ValueTask<Download?> SaveAsync(
        ObjectRange range, string address, string file, Action<long> received, CancellationToken cancellationToken)
    {
        if (await AskAsync(range, address, cancellationToken).ConfigureAwait(false) is not var (answer, facts, part))
        {
            return null;
        }

        using var response = answer.Response;
        using var target = File.OpenHandle(file, FileMode.CreateNew, FileAccess.Write);
        var isLarge = range.IsWhole && PartsStream.IsFor(client, answer.Response);
        var wanted = range.IsWhole ? facts.Metadata.GetValueOrDefault(DataChecksum.Name) : null;
        if (isLarge)
        {
            await SavePartsAsync(range.Key, answer, target, received, cancellationToken).ConfigureAwait(false);
            target.Close();
            await DataChecksum.CheckAsync(file, wanted, address, cancellationToken).ConfigureAwait(false);
            return part;
        }

        using var hash = wanted is null ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var source = new ObjectStream(client, range.Key, answer, part.Offset);
        await using (source.ConfigureAwait(false))
        {
            var sink = new FilePart(target, 0);
            await using (sink.ConfigureAwait(false))
            {
                await DataCopy.CopyAsync(source, sink, received, hash, cancellationToken).ConfigureAwait(false);
            }
        }

        DataChecksum.Check(hash, wanted, address);
        return part;
    }

    /// <summary>Opens an object, or a part of it.</summary>
    /// <param name="range">The object.</param>
    /// <param name="address">Its address, for errors.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Its bytes; <see langword="null"/> if there is no such object.</returns>
    public async ValueTask<Stream?> OpenAsync(ObjectRange range, string address, CancellationToken cancellationToken)
        => await SendAsync(range, address, cancellationToken).ConfigureAwait(false) is not { } answer ? null
            : range.IsWhole && PartsStream.IsFor(client, answer.Response) ? new PartsStream(client, range.Key, answer)
            : new ObjectStream(client, range.Key, answer, OffsetOf(answer.Response));

    /// <inheritdoc/>
    public void Dispose() => _large.Dispose();

    private async ValueTask<Opened?> AskAsync(ObjectRange range, string address, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            if (await SendAsync(range, address, cancellationToken).ConfigureAwait(false) is not { } answer)
            {
                return null;
            }

            var response = answer.Response;
            if (await FactsAsync(range.Key, response, address, cancellationToken).ConfigureAwait(false) is { } facts)
            {
                var size = response.Length ?? throw new IOException("The server does not say how long the object is.");
                facts = facts with { Length = TotalOf(response) ?? size };
                return new Opened(answer, facts, new Download(facts, OffsetOf(response), size));
            }

            // Another process replaced or removed it between the two requests.
            response.Dispose();
            if (tries > client.Settings.Retries)
            {
                throw ObjectErrors.Replaced(range.Key);
            }
        }
    }

    private async ValueTask<ObjectAnswer?> SendAsync(ObjectRange range, string address, CancellationToken cancellationToken)
    {
        range = await FromStartAsync(range, address, cancellationToken).ConfigureAwait(false);
        var request = client.Service.Get(range.Key);
        if (range.Header is { } header)
        {
            request.Headers["range"] = header;
        }

        var what = $"The object '{address}' could not be read.";
        var answer = await client.GetAsync(request, what, cancellationToken).ConfigureAwait(false);
        if (answer.Succeeded && (range.Header is null || answer.Response is { Status: 206, Length: > 0 }))
        {
            return answer;
        }

        // Some servers answer with nothing, or with the whole object, where there is no such part.
        answer.Response.Dispose();
        return answer.Succeeded || answer.Is(ProblemKind.OutOfRange) ? throw DataErrors.NoSuchPart(address, range) : null;
    }

    /// <summary>Counts from the start what was counted from the end: Azure does not take the latter.</summary>
    private async ValueTask<ObjectRange> FromStartAsync(ObjectRange range, string address, CancellationToken cancellationToken)
        => range.Offset < 0
            && await client.LookAsync(
                range.Key, $"The object '{address}' could not be looked at.", cancellationToken).ConfigureAwait(false) is { } facts
            ? range with { Offset = Math.Max(0, facts.Length + range.Offset) }
            : range;

    private async ValueTask<ObjectFacts?> FactsAsync(
        string key, ObjectResponse response, string address, CancellationToken cancellationToken)
    {
        var service = client.Service;
        if (service.SendsMetadataWithContent)
        {
            return service.FactsOf(response, []);
        }

        var request = service.Look(key);
        if (service.VersionOf(response) is { } version)
        {
            service.Require(request, version);
        }

        return await client.LookAsync(request, $"The object '{address}' could not be looked at.", cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask SavePartsAsync(
        string key, ObjectAnswer first, SafeFileHandle target, Action<long> received, CancellationToken cancellationToken)
    {
        var length = first.Response.Length!.Value;
        var version = client.Service.VersionOf(first.Response)!;
        first.Response.Dispose();
        await _large.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await Parallel.ForAsync(
                0,
                (int)((length + PartSize - 1) / PartSize),
                new ParallelOptions { MaxDegreeOfParallelism = PartsAtOnce, CancellationToken = cancellationToken },
                async (number, token) =>
                {
                    var from = (long)number * PartSize;
                    var until = Math.Min(from + PartSize, length) - 1;
                    await SavePartAsync(key, version, target, from, until, received, token).ConfigureAwait(false);
                }).ConfigureAwait(false);
        }
        finally
        {
            _large.Release();
        }
    }

    private async ValueTask SavePartAsync(
        string key, string version, SafeFileHandle target, long from, long until, Action<long> received,
        CancellationToken cancellationToken)
    {
        var request = client.Service.Get(key);
        request.Headers["range"] = string.Create(CultureInfo.InvariantCulture, $"bytes={from}-{until}");
        client.Service.Require(request, version);
        var what = $"The object '{key}' of {client.Service.Place} could not be read to its end.";
        var answer = await client.GetAsync(request, what, cancellationToken).ConfigureAwait(false);
        if (!answer.Succeeded || answer.Response.Status != 206)
        {
            answer.Response.Dispose();
            throw ObjectErrors.Replaced(key);
        }

        var source = new ObjectStream(client, key, answer, from);
        await using (source.ConfigureAwait(false))
        {
            var sink = new FilePart(target, from);
            await using (sink.ConfigureAwait(false))
            {
                await DataCopy.CopyAsync(source, sink, received, null, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static long OffsetOf(ObjectResponse response)
        => response.Header("content-range") is { } text && text.StartsWith("bytes ", StringComparison.Ordinal)
            && long.TryParse(text["bytes ".Length..].Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
                ? offset
                : 0;

    private static long? TotalOf(ObjectResponse response)
        => response.Header("content-range") is { } text
            && long.TryParse(text[(text.LastIndexOf('/') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var total)
                ? total
                : null;

    private sealed record Opened(ObjectAnswer Answer, ObjectFacts Facts, Download Part);
}
