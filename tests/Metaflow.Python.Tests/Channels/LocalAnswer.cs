using System.Globalization;
using System.Net;
using System.Text;

namespace Metaflow.Python.Tests.Channels;

/// <summary>What a server answers.</summary>
/// <param name="status">The status.</param>
internal sealed class LocalAnswer(int status)
{
    private const string IndexType = "application/vnd.pypi.simple.v1+json";

    /// <summary>The status.</summary>
    public int Status => status;

    /// <summary>Further lines of the head.</summary>
    public List<string> Headers { get; } = [];

    /// <summary>The file whose bytes are sent, or <see langword="null"/> for none.</summary>
    public string? File { get; private init; }

    /// <summary>The first byte of the file that is sent.</summary>
    public long First { get; private init; }

    /// <summary>How many bytes of the file are sent.</summary>
    public long Length { get; private init; }

    /// <summary>The answer to a request for a file of a folder.</summary>
    public static LocalAnswer OfFile(string folder, string relative, LocalRequestHead head, LocalFault? fault)
    {
        var root = Path.GetFullPath(folder);
        var path = Path.GetFullPath(Path.Combine(root, relative));
        if (path != root && !path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            return new(404);
        }

        if (Directory.Exists(path))
        {
            if (!head.Path.EndsWith('/'))
            {
                var place = Uri.EscapeDataString(head.Path).Replace("%2F", "/", StringComparison.Ordinal);
                return new(301) { Headers = { $"Location: /{place}/" } };
            }

            var json = Path.Combine(path, LocalServer.SimpleJson);
            var wantsJson = head.Headers.GetValueOrDefault("accept")?.Contains(IndexType, StringComparison.Ordinal) is true;
            path = wantsJson && System.IO.File.Exists(json) ? json : Path.Combine(path, "index.html");
        }

        return System.IO.File.Exists(path) ? OfFile(path, head, fault?.Body?.Length) : new(404);
    }

    /// <summary>The lines before the body.</summary>
    public string Head(long length)
    {
        var text = new StringBuilder($"HTTP/1.1 {status} {(HttpStatusCode)status}\r\n");
        foreach (var header in Headers)
        {
            text.Append(header).Append("\r\n");
        }

        // An answer without change has no body, and must not tell of one.
        if (status is not (304 or 204))
        {
            text.Append(CultureInfo.InvariantCulture, $"Content-Length: {length}\r\n");
        }

        return text.Append("\r\n").ToString();
    }

    private static LocalAnswer OfFile(string path, LocalRequestHead head, long? bodyLength)
    {
        var file = new FileInfo(path);
        var length = bodyLength ?? file.Length;
        var changed = new DateTimeOffset(file.LastWriteTimeUtc);
        var tag = string.Create(CultureInfo.InvariantCulture, $"\"{length:x}-{changed.Ticks:x}\"");
        List<string> headers = ["Accept-Ranges: bytes", $"ETag: {tag}", $"Last-Modified: {changed:R}", $"Content-Type: {TypeOf(path)}"];
        if (IsUnchanged(head, tag, changed))
        {
            return With(new(304), headers);
        }

        var range = head.Headers.GetValueOrDefault("range");
        var condition = head.Headers.GetValueOrDefault("if-range");
        if (range is null || (condition is not null && condition != tag && condition != $"{changed:R}"))
        {
            return With(new(200) { File = path, Length = length }, headers);
        }

        if (ParseRange(range, length) is not var (first, last))
        {
            return With(new(200) { File = path, Length = length }, headers);
        }

        if (first > last)
        {
            return With(new(416), [.. headers, $"Content-Range: bytes */{length.ToString(CultureInfo.InvariantCulture)}"]);
        }

        headers.Add(string.Create(CultureInfo.InvariantCulture, $"Content-Range: bytes {first}-{last}/{length}"));
        return With(new(206) { File = path, First = first, Length = last - first + 1 }, headers);
    }

    private static LocalAnswer With(LocalAnswer answer, IEnumerable<string> headers)
    {
        answer.Headers.AddRange(headers);
        return answer;
    }

    private static bool IsUnchanged(LocalRequestHead head, string tag, DateTimeOffset changed)
    {
        if (head.Headers.TryGetValue("if-none-match", out var known))
        {
            return known == "*" || known.Split(',').Any(candidate => candidate.Trim() == tag);
        }

        return head.Headers.TryGetValue("if-modified-since", out var since)
            && DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, out var time)
            && changed.ToUnixTimeSeconds() <= time.ToUnixTimeSeconds();
    }

    // One range only: a request for several gets the whole file, as the standard allows.
    private static (long First, long Last)? ParseRange(string range, long length)
    {
        if (!range.StartsWith("bytes=", StringComparison.Ordinal) || range.Contains(',', StringComparison.Ordinal))
        {
            return null;
        }

        var ends = range["bytes=".Length..].Split('-');
        if (ends.Length != 2)
        {
            return null;
        }

        if (ends[0].Length == 0)
        {
            return long.TryParse(ends[1], CultureInfo.InvariantCulture, out var count) ? (Math.Max(0, length - count), length - 1) : null;
        }

        if (!long.TryParse(ends[0], CultureInfo.InvariantCulture, out var first))
        {
            return null;
        }

        var last = long.TryParse(ends[1], CultureInfo.InvariantCulture, out var given) ? Math.Min(given, length - 1) : length - 1;
        return (first, last);
    }

    private static string TypeOf(string path)
        => Path.GetFileName(path) == LocalServer.SimpleJson
            ? IndexType
            : Path.GetExtension(path) switch
            {
                ".html" => "text/html; charset=utf-8",
                ".json" => "application/json",
                ".zst" => "application/zstd",
                _ => "application/octet-stream",
            };
}
