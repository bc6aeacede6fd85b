using System.Text;
using Metaflow.Errors;
using Metaflow.Python.Conda.Archives;

namespace Metaflow.Python.Conda.Linking;

/// <summary>Decides where each file of an environment comes from, before anything is written.</summary>
/// <param name="prefix">The environment's folder.</param>
/// <param name="options">How it is made.</param>
/// <param name="foldsCase">Whether the file system takes <c>A</c> and <c>a</c> for one name.</param>
internal sealed class LinkPlanner(string prefix, LinkOptions options, bool foldsCase)
{
    private const string Python = "python";

    /// <summary>Plans an environment.</summary>
    /// <param name="packages">Its packages in the order in which they are linked.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="EnvironmentException">MF7060 or MF7062: a package is damaged. MF7061: a package has a path that is reserved.
    /// MF7063: the environment's path is too long. MF7064: two packages have different files of one path. MF7065: there is no Python.
    /// MF7066: a command needs a program for Windows.</exception>
    public LinkPlan Plan(IReadOnlyList<PackageToLink> packages)
    {
        var planned = packages.Select(static package =>
        {
            var contents = package.Package.ReadContents();
            return new PlannedPackage(package, PackageMetadata.Read(package.Package, contents), contents);
        }).ToList();
        var layout = LayoutOf(planned);
        var targets = planned.ConvertAll(package => TargetsOf(package, layout));
        var links = new LinkTargets(LinksOf(targets));
        var claims = new PathClaims(options.Clashes, foldsCase, PlacedPrefix);
        foreach (var (package, wanted) in planned.Zip(targets))
        {
            foreach (var path in wanted)
            {
                // A link among the parts of a folder's path is followed to the folder that it stands for.
                var place = path.Kind == EntryKind.Folder ? links.PlaceOf(path.Target + "/.") : links.PlaceOf(path.Target);
                var found = path with { Place = Usable(package, path.Target, TrimDot(place)) };
                RequireRoom(package, found);
                package.Paths.Add(found);
                claims.Add(package, found);
            }
        }

        claims.RequireNoFileAboveOthers();
        return new LinkPlan(prefix, planned)
        {
            Shared = claims.Shared,
            Replaced = claims.Replaced,
            Folders = claims.Folders,
        };
    }

    /// <summary>Gets the environment's path as it is written into text.</summary>
    private string PlacedPrefix => options.IsForWindows ? prefix.Replace('\\', '/') : prefix;

    private static string? TrimDot(string? place)
        => place is not null && place.EndsWith("/.", StringComparison.Ordinal) ? place[..^2] : place;

    private PrefixLayout? LayoutOf(List<PlannedPackage> planned)
    {
        if (planned.Find(static package => package.Metadata.Name == Python) is not { } python)
        {
            return null;
        }

        // The channel's record may have been completed after the package was built.
        var sitePackages = python.Source.Record is { } record ? PackageMetadata.TextOf(record, "python_site_packages_path") : null;
        return PrefixLayout.Of(python.Metadata.Version, sitePackages ?? python.Metadata.SitePackages, options.IsForWindows);
    }

    private List<PlannedPath> TargetsOf(PlannedPackage package, PrefixLayout? layout)
    {
        if (package.Metadata.NoArch != NoArch.Python)
        {
            return [.. package.Metadata.Paths.Select(path => At(path.Path, path))];
        }

        layout ??= NeedsNoPython(package) ? PrefixLayout.Of("", "site-packages", options.IsForWindows)
            : throw LinkErrors.PythonMissing(package.FileName);
        var paths = package.Metadata.Paths.Select(path => At(layout.Map(path.Path), path));
        return [.. paths, .. package.Metadata.EntryPoints.Select(point => CommandOf(package, point, layout))];
    }

    // As conda does: on Windows nothing but text is changed.
    private PlannedPath At(string target, PackagePath source) => new(target, target)
    {
        Source = options.IsForWindows && source.IsBinary ? source with { Placeholder = null } : source,
    };

    // Some packages say that they are for any Python and bring nothing that has to do with it.
    private static bool NeedsNoPython(PlannedPackage package) => package.Metadata.EntryPoints.Count == 0
        && !package.Metadata.Paths.Any(static path => path.Path.StartsWith("site-packages/", StringComparison.Ordinal)
            || path.Path.StartsWith("python-scripts/", StringComparison.Ordinal));

    private PlannedPath CommandOf(PlannedPackage package, EntryPoint point, PrefixLayout layout)
    {
        if (options.IsForWindows)
        {
            throw LinkErrors.LauncherUnsupported(package.FileName, point.Command);
        }

        var target = $"{layout.Scripts}/{point.Command}";
        return new PlannedPath(target, target) { Script = EntryPointScript.Write(point, $"{prefix}/{layout.Python}") };
    }

    private Dictionary<string, string> LinksOf(List<List<PlannedPath>> targets)
    {
        var links = new Dictionary<string, string>(foldsCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (var path in targets.SelectMany(static package => package).Where(static path => path.Kind == EntryKind.Link))
        {
            links.TryAdd(path.Target, path.Source!.Entry.Target!);
        }

        return links;
    }

    private static string Usable(PlannedPackage package, string target, string? place)
        => place is null ? throw ArchiveErrors.Unsafe(package.FileName, target, "would lie outside the environment")
            : PrefixState.IsReserved(place) ? throw ArchiveErrors.Unsafe(
                package.FileName, target, "would replace what the environment says about itself")
            : place;

    private void RequireRoom(PlannedPackage package, PlannedPath path)
    {
        if (path.Source is { Placeholder: { } placeholder, IsBinary: true } && path.Kind == EntryKind.File
            && Encoding.UTF8.GetByteCount(placeholder) is var room && Encoding.UTF8.GetByteCount(prefix) is var length && length > room)
        {
            throw LinkErrors.PrefixTooLong(package.FileName, path.Target, prefix, room, length);
        }
    }
}
