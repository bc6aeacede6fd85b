using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;

namespace Metaflow.Core.Tests.Serialization;

/// <summary>The artifacts of runs that the reference wrote, with the values that its own client reports.</summary>
public sealed class GoldenRuns
{
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    public GoldenRuns()
    {
        using var packed = new GZipStream(File.OpenRead(FindArchive()), CompressionMode.Decompress);
        using var archive = new TarReader(packed);
        while (archive.GetNextEntry(copyData: true) is { } entry)
        {
            if (entry.DataStream is { } data)
            {
                using var content = new MemoryStream();
                data.CopyTo(content);
                _files[entry.Name.Replace("./", string.Empty, StringComparison.Ordinal)] = content.ToArray();
            }
        }
    }

    /// <summary>Returns each artifact of the runs of a flow once.</summary>
    public IEnumerable<GoldenArtifact> Artifacts(string flow)
    {
        var seen = new HashSet<string>();
        using var expected = JsonDocument.Parse(_files["expected.json"]);
        foreach (var run in expected.RootElement.Clone().EnumerateArray()
            .Where(run => run.GetProperty("pathspec").GetString()!.StartsWith(flow + "/", StringComparison.Ordinal)))
        {
            foreach (var artifact in run.GetProperty("steps").EnumerateArray()
                .SelectMany(task => task.GetProperty("artifacts").EnumerateObject()))
            {
                var key = artifact.Value.GetProperty("sha").GetString()!;
                if (seen.Add(artifact.Name + key))
                {
                    yield return new GoldenArtifact(
                        artifact.Name, key, Blob(flow, key), artifact.Value.GetProperty("value"),
                        artifact.Value.GetProperty("size").GetInt64());
                }
            }
        }
    }

    /// <summary>Returns every blob of a flow that holds a pickle.</summary>
    public IEnumerable<(string Key, byte[] Payload)> Blobs(string flow) => _files.Keys
        .Where(name => name.StartsWith($".metaflow/{flow}/data/", StringComparison.Ordinal)
            && name.Split('/') is [_, _, _, { Length: 2 }, { Length: 40 }])
        .Select(name => (name[^40..], Blob(flow, name[^40..])))
        .Where(blob => blob.Item2 is [0x80, 4, ..]);

    private static string FindArchive()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "tests", "golden", "python-runs.tar.gz");
            if (File.Exists(path))
            {
                return path;
            }
        }

        throw new FileNotFoundException("tests/golden/python-runs.tar.gz is not above the test's folder.");
    }

    private byte[] Blob(string flow, string key)
    {
        using var packed = new GZipStream(new MemoryStream(_files[$".metaflow/{flow}/data/{key[..2]}/{key}"]), CompressionMode.Decompress);
        using var content = new MemoryStream();
        packed.CopyTo(content);
        return content.ToArray();
    }
}

/// <summary>One artifact of a golden run.</summary>
public sealed record GoldenArtifact(string Name, string Key, byte[] Payload, JsonElement Expected, long Size);
