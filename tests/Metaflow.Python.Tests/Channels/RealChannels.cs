namespace Metaflow.Python.Tests.Channels;

/// <summary>The channel and the index that are made from packages of Debian.</summary>
internal static class RealChannels
{
    /// <summary>The folder of the conda channel.</summary>
    public const string CondaFolder = "conda";

    /// <summary>The folder of the package index.</summary>
    public const string IndexFolder = "index";

    // A change of what is made of Debian's packages needs a new number, or an older channel of this machine is taken.
    private const int Recipe = 1;

    /// <summary>Returns the folder with the channel and the index, and makes them when they are not there.</summary>
    /// <param name="cache">The folder of all that is kept on this machine.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="DebianUnavailableException">Packages of Debian are needed and cannot be had.</exception>
    public static async Task<string> GetAsync(string cache, CancellationToken cancellationToken)
    {
        var debian = new DebianPackages(cache);
        List<(DebianSuite Suite, DebianSet Packages)> sets = [];
        foreach (var suite in new[] { DebianSuite.Bookworm, DebianSuite.Trixie })
        {
            sets.Add((suite, await debian.DownloadAsync(suite.Name, [.. suite.Packages], cancellationToken)));
        }

        var inputs = sets.Select(static set => set.Packages.Identity).Append(SyntheticPackages.Identity());
        var identity = Hashes.OfText($"{Recipe} {string.Join(' ', inputs)}");
        return await CachedFolder.GetAsync(
            cache,
            $"channels-{identity[..12]}",
            (folder, token) => FillAsync(folder, sets, token),
            cancellationToken);
    }

    private static async Task FillAsync(
        string folder,
        List<(DebianSuite Suite, DebianSet Packages)> sets,
        CancellationToken cancellationToken)
    {
        var work = Path.Combine(folder, "work");
        var tools = Path.Combine(work, "tools");
        await sets[0].Packages.UnpackAsync(["patchelf", "libstdc++6", "libgcc-s1"], tools, cancellationToken);
        var channel = new CondaChannel(Path.Combine(folder, CondaFolder));
        var index = new PackageIndex(Path.Combine(folder, IndexFolder));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (suite, packages) in sets)
        {
            var place = Path.Combine(work, suite.Name);
            foreach (var package in await new DebianCondaPackages(suite, packages, place).MakeAsync(new PatchElf(tools), cancellationToken))
            {
                channel.Add(package);
            }

            var wheels = suite.WheelPackages
                .SelectMany(name => Directory.GetFiles(Path.Combine(place, name), "*.whl", SearchOption.AllDirectories));
            foreach (var wheel in wheels.Where(wheel => seen.Add(Path.GetFileName(wheel))))
            {
                index.AddFile(wheel);
            }
        }

        foreach (var package in SyntheticPackages.Conda())
        {
            channel.Add(package);
        }

        AddSynthetic(index);
        channel.WriteIndex();
        index.WriteIndex();
        Directory.Delete(work, recursive: true);
    }

    private static void AddSynthetic(PackageIndex index)
    {
        foreach (var wheel in SyntheticPackages.Wheels())
        {
            index.Add(wheel);
        }

        foreach (var source in SyntheticPackages.Sources())
        {
            index.AddSource(source);
        }
    }
}
