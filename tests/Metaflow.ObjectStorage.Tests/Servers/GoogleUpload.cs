using System.Text;
using System.Text.Json.Nodes;

namespace Metaflow.ObjectStorage.Tests.Servers;

/// <summary>What a server answers.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Body">The body.</param>
internal sealed record GoogleReply(int Status, byte[] Body)
{
    /// <summary>Gets the headers.</summary>
    public Dictionary<string, string> Headers { get; } = [];
}

/// <summary>An object on its way to <see cref="GoogleRules"/>.</summary>
/// <param name="bucket">The bucket.</param>
/// <param name="description">Its name and its metadata.</param>
/// <param name="condition">The generation that must be there; empty for any.</param>
internal sealed class GoogleUpload(string bucket, JsonObject description, string condition)
{
    public string Bucket => bucket;

    public JsonObject Description => description;

    public string Condition => condition;

    /// <summary>Gets the bytes that have arrived.</summary>
    public MemoryStream Content { get; } = new();

    /// <summary>Gets or sets the last answer.</summary>
    public GoogleReply? Answer { get; set; }

    /// <summary>Adds the bytes that are new.</summary>
    /// <param name="start">Where the chunk begins.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="most">How many of its bytes are kept.</param>
    /// <returns>Whether no bytes are missing before it.</returns>
    public bool TryAdd(long start, byte[] chunk, int most)
    {
        if (start > Content.Length)
        {
            return false;
        }

        var known = (int)Math.Min(Content.Length - start, chunk.Length);
        Content.Write(chunk.AsSpan(known, Math.Min(chunk.Length - known, most)));
        return true;
    }

    /// <summary>Reads an upload of two parts.</summary>
    public static (JsonObject Description, byte[] Content) Parse(string type, byte[] body)
    {
        var boundary = Encoding.ASCII.GetBytes("--" + type.Split("boundary=")[1]);
        var first = Part(body.AsSpan(boundary.Length), boundary, out var rest);
        var second = Part(rest[boundary.Length..], boundary, out _);
        return (JsonNode.Parse(first)!.AsObject(), second.ToArray());
    }

    /// <summary>Writes an upload of two parts.</summary>
    public static byte[] Format(string boundary, JsonObject description, byte[] content) =>
    [
        .. Encoding.UTF8.GetBytes($"--{boundary}\r\ncontent-type: application/json\r\n\r\n{description.ToJsonString()}\r\n--{boundary}\r\n"
            + "content-type: application/octet-stream\r\n\r\n"),
        .. content,
        .. Encoding.ASCII.GetBytes($"\r\n--{boundary}--\r\n"),
    ];

    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> text, byte[] boundary, out ReadOnlySpan<byte> rest)
    {
        var start = text.IndexOf("\r\n\r\n"u8) + 4;
        var end = start + text[start..].IndexOf(boundary);
        rest = text[end..];
        return text[start..(end - 2)];
    }
}
