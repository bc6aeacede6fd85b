using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Metaflow.Python.Tests.Channels;

/// <summary>Packages of a release of Debian, which the machine's own apt downloads once. Nothing of the machine is changed.</summary>
/// <param name="cache">The folder that keeps what was downloaded.</param>
internal sealed class DebianPackages(string cache)
{
    private const string Configuration = "/etc/apt";
    private const string Apt = "apt-get";

    /// <summary>Downloads packages of a release, unless they are there already.</summary>
    /// <param name="suite">The name of the release.</param>
    /// <param name="names">The names of the packages.</param>
    /// <param name="cancellationToken">Ends the download.</param>
    /// <returns>The packages.</returns>
    /// <exception cref="DebianUnavailableException">The machine has no apt, or apt cannot reach Debian.</exception>
    public async Task<DebianSet> DownloadAsync(string suite, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var wanted = names.Order(StringComparer.Ordinal).ToList();
        var hash = Hashes.OfText(string.Join('\n', wanted))[..12];
        var folder = await CachedFolder.GetAsync(
            cache,
            $"debian-{suite}-{hash}",
            (part, token) => FillAsync(part, suite, wanted, token),
            cancellationToken);
        return DebianSet.Read(folder);
    }

    private static async Task FillAsync(string folder, string suite, List<string> names, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.OSArchitecture != Architecture.X64 || !File.Exists("/etc/os-release"))
        {
            throw new DebianUnavailableException("The packages of Debian that tests use are those of Linux on x86-64.");
        }

        var state = Directory.CreateDirectory(Path.Combine(folder, "apt")).FullName;
        var sources = DebianSources.ForSuite(Configuration, await File.ReadAllTextAsync("/etc/os-release", cancellationToken), suite);
        var configuration = await ConfigureAsync(state, sources, cancellationToken);
        try
        {
            await Command.RunAsync(Apt, ["-c", configuration, "-q", "--error-on=any", "update"], null, cancellationToken);

            // apt writes downloaded packages to the working folder, so the folder is entered by a shell.
            string[] download = ["-c", "cd \"$0\" && exec \"$@\"", folder, Apt, "-c", configuration, "-q", "download", .. names];
            await Command.RunAsync("/bin/sh", download, null, cancellationToken);
        }
        catch (CommandFailedException error)
        {
            throw new DebianUnavailableException($"apt cannot download packages of '{suite}': {error.Message}");
        }

        Directory.Delete(state, recursive: true);
        var files = Directory.GetFiles(folder, "*.deb").Order(StringComparer.Ordinal).ToList();
        if (files.Count != names.Count)
        {
            throw new DebianUnavailableException($"apt downloaded {files.Count} of {names.Count} packages of '{suite}'.");
        }

        var lines = files.Select(static file => $"{Path.GetFileName(file)} {Hashes.OfFile(file)}");
        await File.WriteAllLinesAsync(Path.Combine(folder, DebianSet.Manifest), lines, cancellationToken);
    }

    // The machine's configuration still holds, for instance a proxy of it: what is written here is read after it.
    private static async Task<string> ConfigureAsync(string state, string sources, CancellationToken cancellationToken)
    {
        foreach (var name in new[] { "sources", "none", "lists/partial", "cache/archives/partial" })
        {
            Directory.CreateDirectory(Path.Combine(state, name));
        }

        await File.WriteAllTextAsync(Path.Combine(state, "status"), string.Empty, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(state, "sources", "debian.sources"), sources, cancellationToken);
        var configuration = Path.Combine(state, "apt.conf");
        await File.WriteAllTextAsync(
            configuration,
            $"""
            Dir::Etc::SourceList "/dev/null";
            Dir::Etc::SourceParts "{state}/sources";
            Dir::Etc::Preferences "/dev/null";
            Dir::Etc::PreferencesParts "{state}/none";
            Dir::State "{state}";
            Dir::State::Lists "{state}/lists";
            Dir::State::status "{state}/status";
            Dir::Cache "{state}/cache";
            APT::Architecture "amd64";
            APT::Sandbox::User "{Environment.UserName}";
            Acquire::Languages "none";
            #clear APT::Update::Pre-Invoke;
            #clear APT::Update::Post-Invoke;
            #clear APT::Update::Post-Invoke-Success;
            #clear Acquire::IndexTargets::deb::DEP-11;
            #clear Acquire::IndexTargets::deb::DEP-11-icons-small;
            #clear Acquire::IndexTargets::deb::DEP-11-icons;

            """,
            cancellationToken);
        return configuration;
    }
}
