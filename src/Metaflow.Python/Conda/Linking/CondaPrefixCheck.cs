using System.Security.Cryptography;
using System.Text.Json;
using Metaflow.Platform;

namespace Metaflow.Python.Conda.Linking;

/// <summary>Compares an environment with what it says about itself in <c>conda-meta</c>.</summary>
internal static class CondaPrefixCheck
{
    /// <summary>Compares every file that packages brought.</summary>
    /// <param name="prefix">The environment's folder.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What differs, in the order of the paths. Files that no package brought are not looked at.</returns>
    public static async Task<IReadOnlyList<PrefixDifference>> FindAsync(string prefix, CancellationToken cancellationToken)
    {
        var found = new List<PrefixDifference>();
        var meta = Path.Combine(prefix, PrefixState.MetaFolder);
        if (new PrefixState(prefix).ReadRecords() is { } records)
        {
            foreach (var (name, sha256) in records)
            {
                await CompareAsync(found, "", $"{PrefixState.MetaFolder}/{name}", Path.Combine(meta, name), sha256, cancellationToken)
                    .ConfigureAwait(false);
            }
        }
        else
        {
            found.Add(new PrefixDifference("", PrefixState.MetaFolder, PrefixChange.Incomplete));
        }

        IEnumerable<string> written = Directory.Exists(meta) ? Directory.EnumerateFiles(meta, "*.json") : [];
        foreach (var record in written.Order(StringComparer.Ordinal))
        {
            await CheckAsync(found, prefix, record, cancellationToken).ConfigureAwait(false);
        }

        return [.. found.Distinct().OrderBy(static one => one.Path, StringComparer.Ordinal)
            .ThenBy(static one => one.Package, StringComparer.Ordinal)];
    }

    private static async Task CheckAsync(
        List<PrefixDifference> found, string prefix, string record, CancellationToken cancellationToken)
    {
        var package = Path.GetFileNameWithoutExtension(record);
        try
        {
            using var document = JsonDocument.Parse(RegularFile.ReadAllBytes(record));
            foreach (var path in document.RootElement.GetProperty("paths_data").GetProperty("paths").EnumerateArray())
            {
                cancellationToken.ThrowIfCancellationRequested();
                var name = path.GetProperty("_path").GetString()!;
                var place = Path.Combine(prefix, name);
                switch (TextOf(path, "path_type"))
                {
                    case "softlink":
                        CompareLink(found, package, name, place, TextOf(path, "link_target"));
                        break;
                    case "directory":
                        AddIf(!Directory.Exists(place), found, new PrefixDifference(package, name, PrefixChange.Missing));
                        break;
                    default:
                        var expected = TextOf(path, "sha256_in_prefix") ?? TextOf(path, "sha256");
                        await CompareAsync(found, package, name, place, expected, cancellationToken).ConfigureAwait(false);
                        break;
                }
            }
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException
            || FileFaults.IsFileError(error))
        {
            found.Add(new PrefixDifference(package, $"{PrefixState.MetaFolder}/{Path.GetFileName(record)}", PrefixChange.Changed));
        }
    }

    private static string? TextOf(JsonElement path, string name)
        => path.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static void AddIf(bool isDifferent, List<PrefixDifference> found, PrefixDifference difference)
    {
        if (isDifferent)
        {
            found.Add(difference);
        }
    }

    private static void CompareLink(List<PrefixDifference> found, string package, string name, string place, string? expected)
    {
        var target = new FileInfo(place).LinkTarget;
        AddIf(
            target is null || (expected is not null && target != expected), found,
            new PrefixDifference(package, name, target is null && !Path.Exists(place) ? PrefixChange.Missing : PrefixChange.Changed));
    }

    private static async Task CompareAsync(
        List<PrefixDifference> found, string package, string name, string place, string? expected, CancellationToken cancellationToken)
    {
        if (!File.Exists(place))
        {
            found.Add(new PrefixDifference(package, name, PrefixChange.Missing));
            return;
        }

        if (expected is null)
        {
            return;
        }

        try
        {
            using var content = new FileStream(place, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            var sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken).ConfigureAwait(false));
            AddIf(
                !string.Equals(sha256, expected, StringComparison.OrdinalIgnoreCase) || new FileInfo(place).LinkTarget is not null, found,
                new PrefixDifference(package, name, PrefixChange.Changed));
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            found.Add(new PrefixDifference(package, name, PrefixChange.Changed));
        }
    }
}

/// <summary>How a file of an environment differs from what the environment says of it.</summary>
internal enum PrefixChange
{
    /// <summary>It is not there.</summary>
    Missing,

    /// <summary>It has other bytes, leads elsewhere, or cannot be read.</summary>
    Changed,

    /// <summary>The environment was not made to its end, or the file that says so was changed.</summary>
    Incomplete,
}

/// <summary>A file of an environment that differs from what the environment says of it.</summary>
/// <param name="Package">The package that brought it; empty for what the environment says about itself.</param>
/// <param name="Path">The path in the environment.</param>
/// <param name="Change">How it differs.</param>
internal sealed record PrefixDifference(string Package, string Path, PrefixChange Change);
