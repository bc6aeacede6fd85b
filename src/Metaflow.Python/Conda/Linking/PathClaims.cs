using System.Security.Cryptography;
using Metaflow.Errors;
using Metaflow.Python.Conda.Archives;

namespace Metaflow.Python.Conda.Linking;

/// <summary>Notes which package has which path, and finds those that several have.</summary>
/// <param name="clashes">What happens if their files differ.</param>
/// <param name="foldsCase">Whether the file system takes <c>A</c> and <c>a</c> for one name.</param>
/// <param name="prefix">The environment's path as it is written into files.</param>
internal sealed class PathClaims(PathClashes clashes, bool foldsCase, string prefix)
{
    private readonly Dictionary<string, (PlannedPackage Package, PlannedPath Path)> _owners = new(
        foldsCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);

    private readonly Dictionary<string, (PlannedPackage Package, string Folder)> _folders = new(
        foldsCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);

    private readonly SortedDictionary<string, List<string>> _shared = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, List<string>> _replaced = new(StringComparer.Ordinal);

    /// <summary>Gets the paths that several packages have with the same bytes.</summary>
    public IReadOnlyList<SharedPath> Shared => [.. _shared.Select(static path => new SharedPath(path.Key, path.Value))];

    /// <summary>Gets the paths of which only the later package's file will be there.</summary>
    public IReadOnlyList<SharedPath> Replaced => [.. _replaced.Select(static path => new SharedPath(path.Key, path.Value))];

    /// <summary>Gets all folders, those above others first.</summary>
    public IReadOnlyList<string> Folders
        => [.. _folders.Values.Select(static folder => folder.Folder).Order(StringComparer.Ordinal)];

    /// <summary>Notes a path.</summary>
    /// <param name="package">The package that has it.</param>
    /// <param name="path">The path.</param>
    /// <exception cref="EnvironmentException">MF7064: another package has a different file of that path.</exception>
    public void Add(PlannedPackage package, PlannedPath path)
    {
        AddFolders(package, path.Kind == EntryKind.Folder ? path.Place : EntryPath.FolderOf(path.Place));
        if (path.Kind == EntryKind.Folder || _owners.TryAdd(path.Place, (package, path)))
        {
            return;
        }

        var (owner, former) = _owners[path.Place];
        if (AreSame(owner, former, package, path))
        {
            path.IsElsewhere = true;
            Note(_shared, former.Place, owner.Stem, package.Stem);
        }
        else if (clashes == PathClashes.LaterWins && former.Kind == path.Kind && former.Place == path.Place)
        {
            former.IsElsewhere = true;
            _owners[path.Place] = (package, path);
            Note(_replaced, former.Place, owner.Stem, package.Stem);
        }
        else
        {
            throw LinkErrors.ClaimedTwice(former.Target, owner.FileName, path.Target, package.FileName);
        }
    }

    /// <summary>Compares the files with the folders.</summary>
    /// <exception cref="EnvironmentException">MF7064: what is a file of one package is a folder of another one.</exception>
    public void RequireNoFileAboveOthers()
    {
        foreach (var (place, (package, path)) in _owners)
        {
            if (_folders.TryGetValue(place, out var other))
            {
                throw LinkErrors.ClaimedTwice(path.Target, package.FileName, other.Folder + "/", other.Package.FileName);
            }
        }
    }

    private static void Note(SortedDictionary<string, List<string>> paths, string path, string owner, string other)
    {
        if (!paths.TryGetValue(path, out var packages))
        {
            paths.Add(path, packages = [owner]);
        }

        packages.Add(other);
    }

    private void AddFolders(PlannedPackage package, string folder)
    {
        for (; folder.Length > 0 && _folders.TryAdd(folder, (package, folder)); folder = EntryPath.FolderOf(folder))
        {
        }
    }

    private bool AreSame(PlannedPackage owner, PlannedPath former, PlannedPackage package, PlannedPath path)
    {
        if (former.Kind != path.Kind)
        {
            return false;
        }

        if (former.Kind == EntryKind.Link)
        {
            return former.Source!.Entry.Target == path.Source!.Entry.Target;
        }

        return KeyOf(former) == KeyOf(path) || HashOf(owner, former) == HashOf(package, path);
    }

    // Equal keys spare reading the files.
    private static (string Sha256, string? Placeholder, bool IsBinary) KeyOf(PlannedPath path) => path.Source is { } source
        ? (source.Entry.Sha256, source.Placeholder, source.Placeholder is not null && source.IsBinary)
        : (Convert.ToHexStringLower(SHA256.HashData(path.Script!)), null, false);

    private string HashOf(PlannedPackage package, PlannedPath path)
    {
        if (path.Source is not { Placeholder: { } placeholder } source)
        {
            return KeyOf(path).Sha256;
        }

        using var content = File.OpenRead(Path.Combine(package.Source.Package.Folder, source.Path));
        using var written = new HashingStream(Stream.Null);
        var replacement = new PrefixReplacement(placeholder, prefix);
        _ = source.IsBinary ? replacement.CopyBinary(content, written) : replacement.CopyText(content, written, isScript: true);
        return written.Finish();
    }
}
