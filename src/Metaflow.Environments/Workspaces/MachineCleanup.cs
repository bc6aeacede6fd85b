using Metaflow.Environments.Archives;
using Metaflow.Environments.Packages;

namespace Metaflow.Environments.Workspaces;

/// <summary>What this machine can make or fetch again, and nobody has used for a time.</summary>
/// <param name="Programs">The folders with files with which programs started.</param>
/// <param name="Prefixes">The folders with packages of conda and of the Python package index, one for each environment.</param>
/// <param name="CondaPackages">The unpacked packages of conda. Prefixes have links to the same files, and keep them.</param>
/// <param name="Archives">The downloaded files of packages of conda and of the Python package index.</param>
internal sealed record MachineCleanup(
    IReadOnlyList<UsedFolder> Programs, IReadOnlyList<UsedFolder> Prefixes,
    IReadOnlyList<(string Name, long Length, DateTimeOffset UsedAt)> CondaPackages, IReadOnlyList<ArchiveFile> Archives)
{
    /// <summary>Nothing.</summary>
    public static readonly MachineCleanup Nothing = new([], [], [], []);

    /// <summary>Finds what can go.</summary>
    /// <param name="workspace">What stores environments.</param>
    /// <param name="limit">When the files of packages that no environment needs must have been used last.</param>
    /// <param name="limitOfUse">When all else must have been used last. What is needed later is made again.</param>
    /// <param name="needed">The files of packages that environments need.</param>
    /// <returns>What can go.</returns>
    public static MachineCleanup Find(
        EnvironmentWorkspace workspace, DateTimeOffset limit, DateTimeOffset limitOfUse, NeededArchives needed)
        => new(
            workspace.Folder.Programs.OlderThan(limitOfUse),
            workspace.Folder.Prefixes.Folders.OlderThan(limitOfUse),
            [.. workspace.Folder.Prefixes.Packages.List().Where(package => package.UsedAt < limitOfUse)],
            needed.KeepsAll ? []
                : [
                    .. workspace.Archives.Folder.OlderThan(limit).Where(file => !needed.Here.Contains(file.ContentKey)
                        && (file.UsedAt < limitOfUse || !needed.All.Contains(file.ContentKey))),
                ]);

    /// <summary>Removes it, unless it was used since it was found. What killed processes left goes too.</summary>
    /// <param name="workspace">What stores environments.</param>
    /// <param name="cancellationToken">Cancels the operation. What is deleted until then is gone.</param>
    /// <returns>What is gone.</returns>
    /// <exception cref="Errors.EnvironmentException">MF7025: something cannot be deleted.</exception>
    public async Task<MachineCleanup> RemoveAsync(EnvironmentWorkspace workspace, CancellationToken cancellationToken)
    {
        var prefixes = workspace.Folder.Prefixes;
        var gone = this with
        {
            Programs = workspace.Folder.Programs.Remove(Programs),
            Prefixes = prefixes.Folders.Remove(Prefixes),
            Archives = workspace.Archives.Folder.Remove(Archives),
        };
        prefixes.Packages.RemoveUnfinished();
        var packages = new List<(string Name, long Length, DateTimeOffset UsedAt)>();
        foreach (var package in CondaPackages)
        {
            if (await prefixes.Packages.RemoveAsync(package.Name, package.UsedAt, cancellationToken).ConfigureAwait(false))
            {
                packages.Add(package);
            }
        }

        return gone with { CondaPackages = packages };
    }
}

/// <summary>The files of packages that environments need, by their hashes.</summary>
/// <param name="All">All of them.</param>
/// <param name="Here">Those that the datastore does not have: their environments are known to this machine alone.</param>
internal sealed record NeededArchives(IReadOnlySet<string> All, IReadOnlySet<string> Here)
{
    /// <summary>Gets a value indicating whether other files can be needed, because the record of an environment cannot be read. The default
    /// is <see langword="false"/>.</summary>
    public bool KeepsAll { get; init; }
}
