using System.Text.Json;

namespace Metaflow.Python.Conda.Channels;

/// <summary>Reads a list of packages once, from its begin to its end, and notes where the records of each name stand. It makes no object
/// for a record.</summary>
internal sealed class RepodataScan
{
    private const int FirstBuffer = 256 << 10;

    private readonly Dictionary<string, List<RepodataPosition>> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<RepodataPosition>>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly List<ulong> _removed = [];

    private char[] _characters = new char[256];
    private Section _section;
    private string? _infoKey;
    private bool _isName;
    private bool _isRecord;
    private long _keyStart;
    private long _position;
    private List<RepodataPosition>? _current;
    private bool _hasEnded;

    private RepodataScan() => _lookup = _names.GetAlternateLookup<ReadOnlySpan<char>>();

    private enum Section
    {
        None,
        Info,
        Packages,
        Removed,
        Other,
    }

    /// <summary>Gets where the records of each name stand.</summary>
    public IReadOnlyDictionary<string, List<RepodataPosition>> Names => _names;

    /// <summary>Gets the numbers of the names of files that were removed from the channel.</summary>
    public IReadOnlyList<ulong> Removed => _removed;

    /// <summary>Gets the address that names of files are put behind, or <see langword="null"/>.</summary>
    public string? BaseUrl { get; private set; }

    /// <summary>Gets the platform that the list says it is for, or <see langword="null"/>.</summary>
    public string? Subdir { get; private set; }

    /// <summary>Reads a list.</summary>
    /// <param name="json">The list.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>What is in it.</returns>
    /// <exception cref="JsonException">The list is damaged.</exception>
    public static RepodataScan Read(Stream json, CancellationToken cancellationToken)
    {
        var scan = new RepodataScan();
        scan.ReadAll(json, cancellationToken);
        return scan;
    }

    private void ReadAll(Stream json, CancellationToken cancellationToken)
    {
        var buffer = new byte[FirstBuffer];
        var filled = 0;
        var state = default(JsonReaderState);
        var isFinal = false;
        while (!isFinal)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            var read = json.Read(buffer, filled, buffer.Length - filled);
            isFinal = read == 0;
            filled += read;
            var start = _position == 0 && buffer.AsSpan(0, filled).StartsWith("\uFEFF"u8) ? 3 : 0;
            var reader = new Utf8JsonReader(buffer.AsSpan(start, filled - start), isFinal, state);
            _position += start;
            while (reader.Read())
            {
                Take(ref reader);
            }

            state = reader.CurrentState;
            var consumed = start + (int)reader.BytesConsumed;
            _position += consumed - start;
            buffer.AsSpan(consumed, filled - consumed).CopyTo(buffer);
            filled -= consumed;
        }

        if (!_hasEnded)
        {
            throw new JsonException("It has no object of packages.");
        }
    }

    private void Take(ref Utf8JsonReader reader)
    {
        switch (reader.CurrentDepth)
        {
            case 0:
                TakeWhole(ref reader);
                break;
            case 1:
                TakeSection(ref reader);
                break;
            case 2 when _section == Section.Info:
                TakeInfo(ref reader);
                break;
            case 2 when _section == Section.Packages:
                TakePackage(ref reader);
                break;
            case 2 when _section == Section.Removed && reader.TokenType == JsonTokenType.String:
                _removed.Add(Fingerprint.Of(reader.GetString()!));
                break;
            case 3 when _isRecord:
                TakeMember(ref reader);
                break;
            default:
                break;
        }
    }

    private void TakeWhole(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.EndObject))
        {
            throw new JsonException("It is no object.");
        }

        _hasEnded = reader.TokenType == JsonTokenType.EndObject;
    }

    private void TakeSection(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.PropertyName)
        {
            _section = reader.ValueTextEquals("packages"u8) || reader.ValueTextEquals("packages.conda"u8) ? Section.Packages
                : reader.ValueTextEquals("info"u8) ? Section.Info
                : reader.ValueTextEquals("removed"u8) ? Section.Removed
                : Section.Other;
            _infoKey = reader.ValueTextEquals("base_url"u8) ? "base_url" : null;
        }
        else if (reader.TokenType == JsonTokenType.String && _infoKey is not null)
        {
            BaseUrl = reader.GetString();
        }
        else if (_section == Section.Packages && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.EndObject))
        {
            throw new JsonException("Its packages are no object.");
        }
    }

    private void TakeInfo(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.PropertyName)
        {
            _infoKey = reader.GetString();
        }
        else if (reader.TokenType == JsonTokenType.String)
        {
            BaseUrl = _infoKey == "base_url" ? reader.GetString() : BaseUrl;
            Subdir = _infoKey == "subdir" ? reader.GetString() : Subdir;
        }
    }

    private void TakePackage(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                _keyStart = _position + reader.TokenStartIndex;
                break;
            case JsonTokenType.StartObject:
                _current = null;
                _isRecord = true;
                break;
            case JsonTokenType.EndObject:
                _isRecord = false;
                _current?.Add(new(_keyStart, checked((int)(_position + reader.BytesConsumed - _keyStart))));
                break;
            default:
                throw new JsonException("A package is no object.");
        }
    }

    private void TakeMember(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.PropertyName)
        {
            _isName = reader.ValueTextEquals("name"u8);
        }
        else if (_isName && reader.TokenType == JsonTokenType.String)
        {
            var name = LowerName(ref reader);
            if (!_lookup.TryGetValue(name, out _current))
            {
                _lookup[name] = _current = [];
            }
        }
    }

    private ReadOnlySpan<char> LowerName(ref Utf8JsonReader reader)
    {
        var length = reader.ValueSpan.Length;
        if (length > _characters.Length)
        {
            _characters = new char[length];
        }

        var name = _characters.AsSpan(0, reader.CopyString(_characters));
        foreach (ref var character in name)
        {
            character = char.IsAsciiLetterUpper(character) ? (char)(character | 0x20) : character;
        }

        return name;
    }
}
