using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using Metaflow.Core.Tests.Storage;

namespace Metaflow.Core.Tests.Client;

/// <summary>The runs that the reference wrote, unpacked, with what its own client says of them.</summary>
public sealed class GoldenFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly JsonDocument _expected;

    public GoldenFolder()
    {
        using var archive = File.OpenRead(FindArchive());
        using var unpacked = new GZipStream(archive, CompressionMode.Decompress);
        TarFile.ExtractToDirectory(unpacked, _folder.Path, overwriteFiles: false);
        _expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder.Path, "expected.json")));
    }

    public string Root => _folder.Root;

    public IEnumerable<JsonElement> Runs => _expected.RootElement.EnumerateArray();

    public void Dispose()
    {
        _expected.Dispose();
        _folder.Dispose();
    }

    private static string FindArchive()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var candidate = Path.Combine(folder, "tests", "golden", "python-runs.tar.gz");
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new FileNotFoundException("The archive of golden runs is not in 'tests/golden'.");
    }
}
