namespace Metaflow.Python.Tests.Channels;

/// <summary>Downloaded packages of one release of Debian.</summary>
/// <param name="Identity">A hash of all of their bytes.</param>
/// <param name="Files">The package files by the packages' names.</param>
internal sealed record DebianSet(string Identity, IReadOnlyDictionary<string, string> Files)
{
    /// <summary>The name of the file that lists the packages and their hashes.</summary>
    public const string Manifest = "packages.txt";

    /// <summary>Reads a folder that was filled before.</summary>
    public static DebianSet Read(string folder)
    {
        var manifest = File.ReadAllText(Path.Combine(folder, Manifest));
        var files = manifest.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => line.Split(' ')[0])
            .ToDictionary(static name => name.Split('_')[0], name => Path.Combine(folder, name), StringComparer.Ordinal);
        return new(Hashes.OfText(manifest), files);
    }

    /// <summary>The version of the program in a package: Debian's version without what Debian adds to it.</summary>
    /// <param name="package">The package's name.</param>
    public string VersionOf(string package)
    {
        var version = Uri.UnescapeDataString(Path.GetFileName(Files[package]).Split('_')[1]);
        version = version[(version.IndexOf(':', StringComparison.Ordinal) + 1)..];
        version = version.LastIndexOf('-') is var revision and > 0 ? version[..revision] : version;
        const string Really = "+really";
        if (version.IndexOf(Really, StringComparison.Ordinal) is var really and > 0)
        {
            version = version[(really + Really.Length)..];
        }

        var end = version.IndexOfAny(['+', '~']);
        version = end > 0 ? version[..end] : version;
        return version.EndsWith(".dfsg", StringComparison.Ordinal) ? version[..^".dfsg".Length] : version;
    }

    /// <summary>Unpacks packages into one folder. None of their scripts runs.</summary>
    public async Task UnpackAsync(IEnumerable<string> packages, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        foreach (var package in packages)
        {
            await Command.RunAsync("dpkg-deb", ["-x", Files[package], folder], null, cancellationToken);
        }
    }
}
