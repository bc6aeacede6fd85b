using System.Text;

namespace Metaflow.Python.PyPI.Wheels;

/// <summary>Says where each file of a wheel goes (PEP 427 and PEP 491).</summary>
internal static class InstallPlan
{
    private const string InstallerFile = "INSTALLER";
    private const string RequestedFile = "REQUESTED";

    // What an installer writes is not taken from a wheel.
    private static readonly string[] OwnFiles = [InstallerFile, RequestedFile, DirectUrl.FileName];

    /// <summary>Returns the files of a wheel, those that are made here among them, without the list of files.</summary>
    /// <param name="wheel">The wheel.</param>
    /// <param name="layout">The folder.</param>
    /// <param name="options">How it is installed.</param>
    /// <param name="isCaseSensitive">Whether two names that differ in case alone are two files there.</param>
    /// <returns>The files, each path once, in the order of the paths.</returns>
    /// <exception cref="InvalidDataException">Two files have one place, or a file has none.</exception>
    public static IReadOnlyList<PlannedFile> Make(
        WheelArchive wheel, PrefixLayout layout, WheelInstallOptions options, bool isCaseSensitive)
    {
        var files = wheel.Entries.Where(entry => entry.Record is not null && !IsOwnFile(wheel, entry.Path))
            .Select(entry => Place(wheel, layout, entry)).ToList();
        var script = new ScriptText(layout);
        var made = wheel.EntryPoints.SelectMany(script.Write)
            .Select(static file => new PlannedFile(file.Path, null, file.Content, true, false)).ToList();

        // A program that the wheel has both as a file and as a function is the function.
        var names = made.Select(static file => file.Target).ToHashSet(StringComparer.Ordinal);
        files.RemoveAll(file => file.IsScript && names.Contains(file.Target));
        files.AddRange(made);
        files.AddRange(Descriptions(wheel, layout, options));
        files.Sort(static (one, other) => string.CompareOrdinal(one.Target, other.Target));
        RequireDistinct(files, isCaseSensitive ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase);
        return files;
    }

    private static bool IsOwnFile(WheelArchive wheel, string path)
        => path.StartsWith(wheel.InfoFolder + "/", StringComparison.Ordinal)
            && Array.IndexOf(OwnFiles, path[(wheel.InfoFolder.Length + 1)..]) >= 0;

    private static PlannedFile Place(WheelArchive wheel, PrefixLayout layout, WheelEntry entry)
    {
        var data = wheel.InfoFolder[..wheel.InfoFolder.LastIndexOf('.')] + ".data/";
        if (!entry.Path.StartsWith(data, StringComparison.Ordinal))
        {
            return new PlannedFile($"{layout.SitePackages}/{entry.Path}", entry, null, entry.IsExecutable, false);
        }

        var rest = entry.Path[data.Length..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var kind = slash < 0 ? "" : rest[..slash];
        var folder = kind switch
        {
            "purelib" or "platlib" => layout.SitePackages + "/",
            "scripts" => layout.Scripts + "/",
            "headers" => $"{layout.Headers}/{wheel.Name.DistributionText.Replace('_', '-')}/",
            "data" => "",
            _ => throw new InvalidDataException($"Its file '{entry.Path}' is of a kind that is not known."),
        };
        var isScript = kind == "scripts";

        // A wheel that was made on Windows does not say that its programs can be run.
        return new PlannedFile(folder + rest[(slash + 1)..], entry, null, entry.IsExecutable || isScript, isScript);
    }

    private static IEnumerable<PlannedFile> Descriptions(WheelArchive wheel, PrefixLayout layout, WheelInstallOptions options)
    {
        var folder = $"{layout.SitePackages}/{wheel.InfoFolder}/";
        yield return Made(folder + InstallerFile, Encoding.UTF8.GetBytes(options.Installer + "\n"));
        if (options.IsRequested)
        {
            yield return Made(folder + RequestedFile, []);
        }

        if (options.DirectUrl is { } url)
        {
            yield return Made(folder + DirectUrl.FileName, url.ToBytes());
        }
    }

    private static PlannedFile Made(string path, byte[] content) => new(path, null, content, false, false);

    private static void RequireDistinct(List<PlannedFile> files, StringComparer comparer)
    {
        var targets = new Dictionary<string, string>(comparer);
        foreach (var file in files)
        {
            if (!targets.TryAdd(file.Target, file.Target))
            {
                throw new InvalidDataException($"Two of its files have one place: '{targets[file.Target]}' and '{file.Target}'.");
            }
        }

        var folders = new HashSet<string>(comparer);
        foreach (var file in files)
        {
            var path = file.Target;
            for (var end = path.LastIndexOf('/'); end > 0 && folders.Add(path[..end]); end = path.LastIndexOf('/', end - 1))
            {
                if (targets.ContainsKey(path[..end]))
                {
                    throw new InvalidDataException($"'{path[..end]}' is both a file and a folder of it.");
                }
            }
        }
    }
}
