using Metaflow.Python.PyPI.Resolving;
using Metaflow.Python.PyPI.Tags;
using Metaflow.Python.PyPI.Versions;

namespace Metaflow.Environments.Files;

/// <summary>A version of a Python package in a lock file that has the files of all kinds of machines.</summary>
/// <param name="Name">The name.</param>
/// <param name="Version">The version; empty if the file does not say it.</param>
/// <param name="Wheels">The addresses of its wheels with their hashes, by the names of the files.</param>
/// <param name="Source">The sources; <see langword="null"/> if the file has none.</param>
internal sealed record LockedRelease(
    string Name, string Version, IReadOnlyList<(string FileName, string Url, string? Sha256)> Wheels, Func<PipPackage>? Source)
{
    /// <summary>Returns the wheel that fits best, or the sources if none fits.</summary>
    /// <param name="file">The lock file.</param>
    /// <param name="python">The version of Python.</param>
    /// <param name="platform">The kind of machine.</param>
    /// <returns>The package.</returns>
    /// <exception cref="Errors.ConfigurationException">The lock file has none of both for the machine (MF7118).</exception>
    public PipPackage Choose(InputFile file, PythonVersion python, PythonPlatform platform)
    {
        var tags = SupportedTags.Of(python, platform);
        var best = Wheels.Select(wheel => (Wheel: wheel, Rank: RankOf(tags, wheel.FileName)))
            .Where(static one => one.Rank is not null).OrderBy(static one => one.Rank).Select(static one => one.Wheel).FirstOrDefault();
        return best.Url is { } url ? LockedAddress.OfIndex(file, Name, Version, url, best.Sha256)
            : Source?.Invoke() ?? throw LockErrors.Lacks(
                file,
                $"file of '{Name}' {Version} for {platform.Machine} with {platform.System} and Python {python.MajorAndMinor}",
                LockErrors.Held(Wheels.Select(static wheel => wheel.FileName), "the wheels"));
    }

    private static int? RankOf(SupportedTags tags, string fileName)
        => WheelFileName.TryParse(fileName, out var name) ? tags.RankOf(name) : null;
}
