using System.Security.Cryptography;
using Metaflow.Python.Conda.Linking;
using Metaflow.Python.PyPI.Wheels;
using PrefixLayout = Metaflow.Python.PyPI.Wheels.PrefixLayout;

namespace Metaflow.Environments.Prefixes;

/// <summary>Compares the folder of an environment with what its packages say of their files.</summary>
internal static class PrefixCheck
{
    /// <summary>Compares every file that a package brought.</summary>
    /// <param name="prefix">The absolute path of the folder.</param>
    /// <param name="layout">Where its Python looks for packages; <see langword="null"/> if it has none.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether all are as they were. Files that no package brought do not count.</returns>
    public static async Task<bool> IsUnchangedAsync(string prefix, PrefixLayout? layout, CancellationToken cancellationToken)
    {
        var ofWheels = layout is null ? new Dictionary<string, RecordEntry>() : RecordedFiles(layout);
        foreach (var difference in await CondaPrefixCheck.FindAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            // A wheel may replace a file of a package of conda.
            if (!ofWheels.ContainsKey(difference.Path) && !IsCompiled(difference.Path))
            {
                return false;
            }
        }

        foreach (var (path, entry) in ofWheels)
        {
            if (!await IsSameAsync(Path.Combine(prefix, path), entry, cancellationToken).ConfigureAwait(false))
            {
                return false;
            }
        }

        return true;
    }

    private static Dictionary<string, RecordEntry> RecordedFiles(PrefixLayout layout)
    {
        var files = new Dictionary<string, RecordEntry>(StringComparer.Ordinal);

        // Packages of conda bring lists along that were made before the path of the folder was written into files.
        foreach (var distribution in InstalledDistributions.List(layout)
            .Where(static one => one.HasRecord && one.Installer == new WheelInstallOptions().Installer))
        {
            foreach (var entry in RecordFile.Read(layout.PathOf($"{distribution.InfoPath}/{RecordFile.Name}")))
            {
                if (entry.Algorithm == HashAlgorithmName.SHA256 && layout.FromRecordPath(entry.Path) is { } path)
                {
                    files[path] = entry;
                }
            }
        }

        return files;
    }

    private static bool IsCompiled(string path) => path.EndsWith(".pyc", StringComparison.Ordinal);

    private static async Task<bool> IsSameAsync(string path, RecordEntry entry, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        using var file = File.OpenRead(path);
        return entry.HasHash(await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false));
    }
}
