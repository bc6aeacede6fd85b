using System.Text;
using Metaflow.Environments.Archives;
using Metaflow.Environments.Records;

namespace Metaflow.Environments.Exports;

/// <summary>Writes lock files of other programs: of conda-lock, of pixi, and that of PEP 751.</summary>
/// <remarks>An environment does not know what its packages need, so these files do not say it either: they are for making the environment
/// again.</remarks>
internal static class LockExport
{
    /// <summary>Writes a <c>conda-lock.yml</c>.</summary>
    /// <param name="environment">The environment.</param>
    /// <returns>The text.</returns>
    public static string CondaLock(ResolvedEnvironment environment)
    {
        var machine = environment.Id.Architecture;
        var text = new StringBuilder("version: 1\nmetadata:\n  content_hash:\n    ").Append(machine).Append(": ")
            .Append(Quoted(environment.Id.RequestId)).Append("\n  channels:");
        AddChannels(text, environment, "  ", "\n    used_env_vars: []");
        text.Append("  platforms:\n  - ").Append(machine).Append("\n  sources: []\npackage:\n");
        foreach (var package in environment.Archives.Where(IsWritten))
        {
            text.Append("- name: ").Append(Quoted(package.Name)).Append("\n  version: ").Append(Quoted(package.Version))
                .Append("\n  manager: ").Append(package is CondaPackage ? "conda" : "pip").Append("\n  platform: ").Append(machine)
                .Append("\n  dependencies: {}\n  url: ").Append(Quoted(package.Url)).Append("\n  hash:\n");
            AddHashes(text, package, "    ");
            text.Append("  category: main\n  optional: false\n");
        }

        return text.ToString();
    }

    /// <summary>Writes a <c>pixi.lock</c> of version 6.</summary>
    /// <param name="environment">The environment.</param>
    /// <returns>The text.</returns>
    public static string Pixi(ResolvedEnvironment environment)
    {
        var text = new StringBuilder("version: 6\nenvironments:\n  default:\n    channels:");
        AddChannels(text, environment, "    ", "");
        text.Append("    packages:\n      ").Append(environment.Id.Architecture).Append(":\n");
        var packages = environment.Archives.Where(IsWritten).ToList();
        foreach (var package in packages)
        {
            text.Append("      - ").Append(KindOf(package)).Append(": ").Append(Quoted(package.Url)).Append('\n');
        }

        text.Append("packages:\n");
        foreach (var package in packages)
        {
            text.Append("- ").Append(KindOf(package)).Append(": ").Append(Quoted(package.Url)).Append('\n');
            if (package is PyPIPackage)
            {
                text.Append("  name: ").Append(Quoted(package.Name)).Append("\n  version: ").Append(Quoted(package.Version)).Append('\n');
            }

            AddHashes(text, package, "  ");
        }

        return text.ToString();
    }

    /// <summary>Writes a <c>pylock.toml</c>.</summary>
    /// <param name="environment">The environment.</param>
    /// <returns>The text.</returns>
    public static string Pylock(ResolvedEnvironment environment)
    {
        var text = new StringBuilder("lock-version = '1.0'\ncreated-by = 'metaflow'\n");
        var python = environment.Packages.OfType<CondaPackage>().FirstOrDefault(static package => package.Name == "python");
        text.Append(python is null ? "" : $"requires-python = '=={python.Version}'\n");
        foreach (var package in environment.Packages.OfType<PyPIPackage>().Where(IsWritten))
        {
            text.Append("\n[[packages]]\nname = '").Append(package.Name).Append("'\nversion = '").Append(package.Version)
                .Append("'\nwheels = [{ name = '").Append(package.FullName).Append("', url = '").Append(package.Url)
                .Append("', hashes = { sha256 = '").Append(package.Hash).Append("' } }]\n");
        }

        return text.ToString();
    }

    /// <summary>Returns true if such files can name a package: it has a hash, and an address that leads to its file.</summary>
    /// <param name="package">The package.</param>
    /// <returns>Whether they can.</returns>
    public static bool IsWritten(ArchivePackage package)
        => package.Hash is not null && Uri.TryCreate(package.Url, UriKind.Absolute, out var address)
            && address.Scheme is "http" or "https" && ArchivePath.LeadsToFile(package, address);

    private static string KindOf(ArchivePackage package) => package is CondaPackage ? "conda" : "pypi";

    private static void AddChannels(StringBuilder text, ResolvedEnvironment environment, string indent, string rest)
    {
        var channels = environment.Sources.Where(static source => source.Category == Categories.Conda).ToList();
        text.Append(channels.Count == 0 ? " []\n" : "\n");
        foreach (var channel in channels)
        {
            text.Append(indent).Append("- url: ").Append(Quoted(channel.Value)).Append(rest).Append('\n');
        }
    }

    private static void AddHashes(StringBuilder text, ArchivePackage package, string indent)
    {
        if (package is CondaPackage)
        {
            text.Append(indent).Append("md5: ").Append(Quoted(package.Hash!)).Append('\n');
        }

        if ((package is CondaPackage ? package.Sha256 : package.Hash) is { } sha256)
        {
            text.Append(indent).Append("sha256: ").Append(Quoted(sha256)).Append('\n');
        }
    }

    // In quotes, a version such as 1.10 stays a text.
    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
