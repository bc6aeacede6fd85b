using System.Globalization;
using System.Text;

namespace Metaflow.Python.Tests.Channels;

/// <summary>The head of a request.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path, decoded, without slashes around it but for one at its end.</param>
/// <param name="Headers">The headers by their names in small letters.</param>
/// <param name="KeepsAlive">Whether further requests may come on the connection.</param>
internal sealed record LocalRequestHead(string Method, string Path, IReadOnlyDictionary<string, string> Headers, bool KeepsAlive);

/// <summary>Reads requests from a connection.</summary>
internal sealed class LocalRequestReader(Stream stream)
{
    private const int Longest = 64 << 10;
    private readonly byte[] _buffer = new byte[Longest];
    private int _count;

    /// <summary>Reads the next request's head and passes over its body.</summary>
    /// <returns>The head, or <see langword="null"/> at the end of the connection.</returns>
    public async Task<LocalRequestHead?> ReadAsync(CancellationToken cancellationToken)
    {
        int end;
        while ((end = _buffer.AsSpan(0, _count).IndexOf("\r\n\r\n"u8)) < 0)
        {
            var read = _count == Longest ? 0 : await stream.ReadAsync(_buffer.AsMemory(_count), cancellationToken);
            if (read == 0)
            {
                return null;
            }

            _count += read;
        }

        var lines = Encoding.Latin1.GetString(_buffer, 0, end).Split("\r\n");
        Drop(end + 4);
        var headers = lines.Skip(1)
            .Select(static line => line.Split(':', 2))
            .Where(static pair => pair.Length == 2)
            .GroupBy(static pair => pair[0].Trim().ToLowerInvariant(), StringComparer.Ordinal)
            .ToDictionary(static group => group.Key, static group => group.Last()[1].Trim(), StringComparer.Ordinal);
        await PassBodyAsync(headers, cancellationToken);
        var words = lines[0].Split(' ');
        var path = Uri.UnescapeDataString(words[1].Split('?', '#')[0]).TrimStart('/');
        var keeps = words[^1] == "HTTP/1.1" && headers.GetValueOrDefault("connection")?.ToLowerInvariant() != "close";
        return new(words[0], path, headers, keeps);
    }

    private async Task PassBodyAsync(Dictionary<string, string> headers, CancellationToken cancellationToken)
    {
        var rest = headers.TryGetValue("content-length", out var text) ? long.Parse(text, CultureInfo.InvariantCulture) : 0;
        while (rest > 0)
        {
            if (_count == 0)
            {
                _count = await stream.ReadAsync(_buffer, cancellationToken);
                if (_count == 0)
                {
                    return;
                }
            }

            var passed = (int)Math.Min(rest, _count);
            Drop(passed);
            rest -= passed;
        }
    }

    private void Drop(int count)
    {
        _buffer.AsSpan(count, _count - count).CopyTo(_buffer);
        _count -= count;
    }
}
