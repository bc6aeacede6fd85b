using System.Text.Json;
using Metaflow.Errors;
using Metaflow.Python.Conda.Matching;
using Microsoft.Win32.SafeHandles;

namespace Metaflow.Python.Conda.Channels;

/// <summary>The list of a channel's packages for one platform. Records are read by name, when they are asked for.</summary>
/// <remarks>Not for several threads at once. What is opened stays readable also when another process replaces the list.</remarks>
internal sealed class Repodata : IDisposable
{
    private const int LargestGap = 4 << 10;
    private const int LargestRead = 4 << 20;

    private readonly SafeFileHandle _list;
    private readonly RepodataIndex _index;
    private readonly RecordReader _reader;
    private readonly string _address;

    /// <summary>Initializes a list.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="platform">The platform.</param>
    /// <param name="list">The file of the list.</param>
    /// <param name="index">Its index.</param>
    /// <param name="pool">The texts that were read before.</param>
    public Repodata(CondaChannel channel, string platform, SafeFileHandle list, RepodataIndex index, TextPool pool)
    {
        Channel = channel;
        Platform = platform;
        _list = list;
        _index = index;
        _address = channel.AddressOf(platform);
        var subdir = index.Subdir.Length > 0 ? index.Subdir : platform;
        _reader = new RecordReader(channel, subdir, BaseUrl(_address, index.BaseUrl), pool);
    }

    /// <summary>Gets the channel.</summary>
    public CondaChannel Channel { get; }

    /// <summary>Gets the platform.</summary>
    public string Platform { get; }

    /// <summary>Gets the names of all packages.</summary>
    public IReadOnlyCollection<string> Names => _index.Names;

    /// <summary>Says whether the list has records of a name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>Whether it has.</returns>
    public bool Contains(string name) => _index.Contains(name);

    /// <summary>Reads the records of a name. Of a <c>.conda</c> and a <c>.tar.bz2</c> of the same name, the first is taken.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The records, with where they stand.</returns>
    /// <exception cref="EnvironmentException">MF7055: the list is damaged.</exception>
    public IReadOnlyList<(CondaRecord Record, RepodataPosition Position)> Load(string name)
    {
        var found = new Dictionary<string, (CondaRecord Record, RepodataPosition Position)>(StringComparer.Ordinal);
        try
        {
            var positions = _index.PositionsOf(name);
            for (var start = 0; start < positions.Length;)
            {
                start = ReadRun(name, positions, start, found);
            }
        }
        catch (Exception error) when (error is JsonException or InvalidDataException or IOException or InvalidOperationException)
        {
            throw ChannelErrors.Damaged(_address, $"The records of '{name}' cannot be read: {error.Message}", error);
        }

        return [.. found.Values];
    }

    /// <summary>Reads the JSON object of a record.</summary>
    /// <param name="position">Where it stands.</param>
    /// <returns>The object.</returns>
    /// <exception cref="EnvironmentException">MF7055: the list is damaged.</exception>
    public ReadOnlyMemory<byte> ReadJson(RepodataPosition position)
    {
        try
        {
            return RecordReader.ObjectOf(ReadBytes(position.Start, position.Length));
        }
        catch (Exception error) when (error is JsonException or IOException or InvalidDataException)
        {
            throw ChannelErrors.Damaged(_address, error.Message, error);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _list.Dispose();
        _index.Dispose();
    }

    private static string BaseUrl(string address, string baseUrl)
        => baseUrl.Length == 0 ? address : new Uri(new Uri(address + "/"), baseUrl).AbsoluteUri.TrimEnd('/');

    // Records of a name stand together: they are read at once.
    private int ReadRun(
        string name, RepodataPosition[] positions, int start, Dictionary<string, (CondaRecord Record, RepodataPosition Position)> found)
    {
        var first = positions[start].Start;
        var end = start + 1;
        while (end < positions.Length
            && positions[end].Start - (positions[end - 1].Start + positions[end - 1].Length) < LargestGap
            && positions[end].Start + positions[end].Length - first < LargestRead)
        {
            end++;
        }

        var bytes = ReadBytes(first, checked((int)(positions[end - 1].Start + positions[end - 1].Length - first)));
        foreach (var position in positions.AsSpan(start, end - start))
        {
            var record = _reader.Read(bytes.AsSpan((int)(position.Start - first), position.Length));
            if (record is not null && record.Name != name)
            {
                throw new InvalidDataException($"A record of '{record.Name}' is where one of '{name}' should be.");
            }

            if (record is not null && PackageFileName.Stem(record.FileName) is { } stem && !_index.IsRemoved(record.FileName)
                && (!found.TryGetValue(stem, out var other) || (record.IsCondaFile && !other.Record.IsCondaFile)))
            {
                found[stem] = (record, position);
            }
        }

        return end;
    }

    private byte[] ReadBytes(long start, int length)
    {
        var bytes = new byte[length];
        var filled = 0;
        while (filled < length)
        {
            var read = RandomAccess.Read(_list, bytes.AsSpan(filled), start + filled);
            filled += read > 0 ? read : throw new InvalidDataException("It ends too early.");
        }

        return bytes;
    }
}
