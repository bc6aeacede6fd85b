using System.Buffers.Text;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Metaflow.Python.Tests.Channels;

/// <summary>A wheel from a package of Debian.</summary>
internal static class DebianWheel
{
    // Debian's own Python gives the command 'install' further options, which no other Python has.
    private static readonly string[] DebianOptions =
    [
        "self.set_undefined_options('install',('install_layout','install_layout'))",
        "self.set_undefined_options('install',('prefix_option','prefix_option'))",
    ];

    private static readonly DateTimeOffset Time = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Undoes what Debian changes so that it works with its own Python only.</summary>
    /// <param name="wheel">The wheel's file, which is written anew when something is changed.</param>
    public static void MakeVanilla(string wheel)
    {
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        using (var zip = ZipFile.OpenRead(wheel))
        {
            foreach (var entry in zip.Entries.Where(static entry => !entry.FullName.EndsWith('/')))
            {
                using var content = entry.Open();
                using var bytes = new MemoryStream();
                content.CopyTo(bytes);
                files[entry.FullName] = bytes.ToArray();
            }
        }

        var changed = files.Where(static file => IsPatched(file.Key, file.Value)).Select(static file => file.Key).ToList();
        if (changed.Count == 0)
        {
            return;
        }

        foreach (var path in changed)
        {
            var text = Encoding.UTF8.GetString(files[path]);
            text = DebianOptions.Aggregate(text, static (text, option) => text.Replace(option, "pass", StringComparison.Ordinal));
            files[path] = Encoding.UTF8.GetBytes(text);
        }

        var record = files.Keys.Single(static path => path.EndsWith(".dist-info/RECORD", StringComparison.Ordinal) && path.Count('/') == 1);
        var lines = Encoding.UTF8.GetString(files[record]).Split('\n').Select(line => Correct(line, changed, files));
        files[record] = Encoding.UTF8.GetBytes(string.Join('\n', lines));
        Write(wheel, files);
    }

    private static bool IsPatched(string path, byte[] bytes)
        => path.EndsWith(".py", StringComparison.Ordinal)
            && Array.Exists(DebianOptions, option => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(option)) >= 0);

    private static string Correct(string line, List<string> changed, SortedDictionary<string, byte[]> files)
    {
        var path = line.Split(',')[0];
        if (!changed.Contains(path))
        {
            return line;
        }

        var hash = Base64Url.EncodeToString(SHA256.HashData(files[path]));
        return string.Create(CultureInfo.InvariantCulture, $"{path},sha256={hash},{files[path].Length}");
    }

    private static void Write(string wheel, SortedDictionary<string, byte[]> files)
    {
        using var stream = new FileStream(wheel, FileMode.Create);
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create);
        foreach (var (path, bytes) in files)
        {
            var entry = zip.CreateEntry(path, CompressionLevel.Fastest);
            entry.LastWriteTime = Time;
            using var content = entry.Open();
            content.Write(bytes);
        }
    }
}
