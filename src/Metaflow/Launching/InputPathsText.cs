using System.IO.Compression;
using System.Text;

namespace Metaflow.Launching;

/// <summary>The text form of a task's input paths, the reference's (formats 4.5): a comma list; with a common prefix, the prefix, a colon
/// and the rests; if that is long, <c>!</c> and base64 of it compressed twice by zlib.</summary>
internal static class InputPathsText
{
    private const int CompressFrom = 500;

    /// <summary>Writes paths.</summary>
    /// <param name="paths">Paths of the form <c>run/step/task</c>.</param>
    /// <returns>The text.</returns>
    public static string Format(IReadOnlyList<string> paths)
    {
        var prefix = paths.Count > 1 ? CommonPrefix(paths) : "";
        var text = prefix.Length == 0
            ? string.Join(',', paths)
            : prefix + ":" + string.Join(',', paths.Select(path => path[prefix.Length..]));
        return text.Length < CompressFrom ? text : "!" + Convert.ToBase64String(Deflate(Deflate(Encoding.UTF8.GetBytes(text))));
    }

    /// <summary>Reads paths.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The paths.</returns>
    public static IReadOnlyList<string> Parse(string text)
    {
        if (text.Length == 0)
        {
            return [];
        }

        if (text[0] == '!')
        {
            text = Encoding.UTF8.GetString(Inflate(Inflate(Convert.FromBase64String(text[1..]))));
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return text.Split(',');
        }

        var rests = text[(colon + 1)..].Split(',');
        return Array.ConvertAll(rests, rest => text[..colon] + rest);
    }

    private static string CommonPrefix(IReadOnlyList<string> paths)
    {
        var length = paths[0].Length;
        foreach (var path in paths)
        {
            length = Math.Min(length, path.Length);
            for (var i = 0; i < length; i++)
            {
                if (path[i] != paths[0][i])
                {
                    length = i;
                }
            }
        }

        return paths[0][..length];
    }

    private static byte[] Deflate(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(bytes);
        }

        return packed.ToArray();
    }

    private static byte[] Inflate(byte[] bytes)
    {
        using var zlib = new ZLibStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        zlib.CopyTo(plain);
        return plain.ToArray();
    }
}
