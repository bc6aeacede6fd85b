using System.Text.Json;
using Metaflow.Python.Conda.Matching;
using Metaflow.Python.Conda.Versions;

namespace Metaflow.Python.Conda.Channels;

/// <summary>Reads a record of a list.</summary>
/// <param name="channel">The channel.</param>
/// <param name="subdir">The platform, where the record names none.</param>
/// <param name="baseUrl">What the names of files are put behind.</param>
/// <param name="pool">The texts that were read before.</param>
internal sealed class RecordReader(CondaChannel channel, string subdir, string baseUrl, TextPool pool)
{
    // Since 2017 the times are in milliseconds; those before were in seconds.
    private const long LastInSeconds = 253402300799;

    private readonly List<string> _list = [];
    private readonly Dictionary<string, CondaVersion?> _versions = new(StringComparer.Ordinal);

    /// <summary>Reads a record.</summary>
    /// <param name="json">The name of the file, a colon and the object.</param>
    /// <returns>The record; <see langword="null"/> if its version cannot be read, which conda cannot install either.</returns>
    /// <exception cref="JsonException">The record is damaged.</exception>
    public CondaRecord? Read(ReadOnlySpan<byte> json)
    {
        var fileName = FileName(json, out var start);
        var reader = new Utf8JsonReader(json[start..]);
        var fields = default(Fields);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            Take(ref reader, ref fields);
        }

        // A list in which records stand elsewhere than its index says has another object here.
        return fields.Name is null ? throw new JsonException("A record has no name.") : Record(fileName, fields);
    }

    /// <summary>Returns the object of a record.</summary>
    /// <param name="json">The name of the file, a colon and the object.</param>
    /// <returns>The object.</returns>
    public static ReadOnlyMemory<byte> ObjectOf(ReadOnlyMemory<byte> json)
    {
        FileName(json.Span, out var start);
        return json[start..];
    }

    private static string FileName(ReadOnlySpan<byte> json, out int objectStart)
    {
        // A reader takes one value only, and the name with its colon is no value: the name is read alone.
        var end = 1;
        while (end < json.Length && json[end] != '"')
        {
            end += json[end] == '\\' ? 2 : 1;
        }

        var brace = end < json.Length ? json[end..].IndexOf((byte)'{') : -1;
        if (brace < 0)
        {
            throw new JsonException("A record is no object.");
        }

        objectStart = end + brace;
        var reader = new Utf8JsonReader(json[..(end + 1)]);
        reader.Read();
        return reader.GetString() ?? throw new JsonException("A record has no file.");
    }

    private void Take(ref Utf8JsonReader reader, ref Fields fields)
    {
        if (reader.ValueTextEquals("depends"u8))
        {
            fields.Depends = Texts(ref reader);
        }
        else if (reader.ValueTextEquals("constrains"u8))
        {
            fields.Constrains = Texts(ref reader);
        }
        else if (reader.ValueTextEquals("name"u8))
        {
            fields.Name = Text(ref reader)?.ToLowerInvariant();
        }
        else if (reader.ValueTextEquals("version"u8))
        {
            fields.Version = Text(ref reader);
        }
        else if (reader.ValueTextEquals("build"u8))
        {
            fields.Build = Text(ref reader);
        }
        else if (reader.ValueTextEquals("build_number"u8))
        {
            fields.BuildNumber = Number(ref reader) ?? 0;
        }
        else if (reader.ValueTextEquals("md5"u8))
        {
            fields.Md5 = OwnText(ref reader);
        }
        else if (reader.ValueTextEquals("sha256"u8))
        {
            fields.Sha256 = OwnText(ref reader);
        }
        else
        {
            TakeRare(ref reader, ref fields);
        }
    }

    private void TakeRare(ref Utf8JsonReader reader, ref Fields fields)
    {
        if (reader.ValueTextEquals("size"u8))
        {
            fields.Size = Number(ref reader);
        }
        else if (reader.ValueTextEquals("timestamp"u8))
        {
            fields.Timestamp = Number(ref reader);
        }
        else if (reader.ValueTextEquals("subdir"u8))
        {
            fields.Subdir = Text(ref reader);
        }
        else if (reader.ValueTextEquals("noarch"u8))
        {
            fields.Noarch = Text(ref reader, whereTrue: "generic");
        }
        else if (reader.ValueTextEquals("track_features"u8))
        {
            fields.TrackFeatures = Texts(ref reader);
        }
        else if (reader.ValueTextEquals("features"u8))
        {
            fields.Features = Texts(ref reader);
        }
        else if (reader.ValueTextEquals("license"u8))
        {
            fields.License = Text(ref reader);
        }
        else if (reader.ValueTextEquals("license_family"u8))
        {
            fields.LicenseFamily = Text(ref reader);
        }
        else
        {
            reader.Skip();
        }
    }

    private CondaRecord? Record(string fileName, in Fields fields)
    {
        var text = fields.Version ?? "";
        if (!_versions.TryGetValue(text, out var version))
        {
            _versions[text] = version = CondaVersion.TryParse(text, out var known) ? known : null;
        }

        return version is null ? null : new CondaRecord
        {
            Name = fields.Name!,
            Version = version,
            Build = fields.Build ?? "",
            BuildNumber = fields.BuildNumber,
            Depends = fields.Depends ?? [],
            Constrains = fields.Constrains ?? [],
            TrackFeatures = Words(fields.TrackFeatures),
            Features = Words(fields.Features),
            Subdir = fields.Subdir ?? subdir,
            Noarch = fields.Noarch,
            Md5 = fields.Md5,
            Sha256 = fields.Sha256,
            Size = fields.Size,
            Timestamp = fields.Timestamp is > 0 and <= LastInSeconds ? fields.Timestamp * 1000 : fields.Timestamp,
            License = fields.License,
            LicenseFamily = fields.LicenseFamily,
            FileName = fileName,
            Url = $"{baseUrl}/{fileName}",
            Channel = channel.Name,
            ChannelUrl = channel.Url,
        };
    }

    private static IReadOnlyList<string> Words(string[]? texts)
        => texts is null || texts.Length == 0
            ? []
            : [.. texts.SelectMany(static text => text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))];

    private string? Text(ref Utf8JsonReader reader, string? whereTrue = null)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return pool.Read(ref reader);
        }

        var text = reader.TokenType == JsonTokenType.True ? whereTrue : null;
        reader.Skip();
        return text;
    }

    private static string? OwnText(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString();
        }

        reader.Skip();
        return null;
    }

    private static long? Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.Number)
        {
            reader.Skip();
            return null;
        }

        // A time may be written with a fraction.
        return reader.TryGetInt64(out var number) ? number : (long)Math.Clamp(reader.GetDouble(), 0, 1e18);
    }

    // A single text stands for a list of one.
    private string[]? Texts(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return [pool.Read(ref reader)];
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return null;
        }

        _list.Clear();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                _list.Add(pool.Read(ref reader));
            }
            else
            {
                reader.Skip();
            }
        }

        return [.. _list];
    }

    private struct Fields
    {
        public string? Name;
        public string? Version;
        public string? Build;
        public long BuildNumber;
        public string[]? Depends;
        public string[]? Constrains;
        public string[]? TrackFeatures;
        public string[]? Features;
        public string? Subdir;
        public string? Noarch;
        public string? Md5;
        public string? Sha256;
        public long? Size;
        public long? Timestamp;
        public string? License;
        public string? LicenseFamily;
    }
}
