using Metaflow.Errors;

namespace Metaflow.Python.PyPI.Wheels;

/// <summary>Removes installed Python packages.</summary>
/// <remarks>The list of installed files is removed last, so that a removal that was interrupted can be done again.</remarks>
/// <param name="layout">The folder in which they are installed.</param>
internal sealed class DistributionRemoval(PrefixLayout layout)
{
    /// <summary>Removes a package: its files, what Python compiled of them, and the folders that are empty then.</summary>
    /// <param name="distribution">The package.</param>
    /// <param name="cancellationToken">Stops the removal.</param>
    /// <param name="knownFiles">Its files below the folder, with <c>/</c>, if something else knows them; the default is its own
    /// list.</param>
    /// <returns>The files that were removed, below the folder.</returns>
    /// <exception cref="EnvironmentException">MF7079: its files are not known, or one is outside the folder. MF7045: a file cannot be
    /// removed.</exception>
    public IReadOnlyList<string> Remove(
        InstalledDistribution distribution, CancellationToken cancellationToken, IReadOnlyList<string>? knownFiles = null)
    {
        var name = $"{distribution.Metadata.Name} {distribution.Metadata.Version}";
        try
        {
            var files = (knownFiles ?? FilesOf(distribution, name)).Distinct(StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
            var others = FileOwners.Find(layout, files, distribution.InfoPath);
            files.ExceptWith(others.Keys);
            files.RemoveWhere(file => !IsSafe(file));
            return RemoveFiles(distribution, files, cancellationToken);
        }
        catch (InvalidDataException error)
        {
            throw WheelErrors.NotRemovable(name, Sentence.Of(error.Message));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw WheelErrors.NotWritten($"The Python package '{name}' cannot be removed.", layout.Prefix, error.Message, error);
        }
    }

    private IEnumerable<string> FilesOf(InstalledDistribution distribution, string name)
    {
        var folder = layout.PathOf(distribution.InfoPath);
        var listed = Path.Combine(folder, "installed-files.txt");
        IEnumerable<string> paths;
        if (distribution.HasRecord)
        {
            paths = RecordFile.Read(Path.Combine(folder, RecordFile.Name)).Select(static line => line.Path);
        }
        else if (distribution.IsEgg && File.Exists(listed))
        {
            // Such a list begins in the folder that has it.
            paths = File.ReadLines(listed).Where(static line => line.Length > 0)
                .Select(line => Path.GetFullPath(Path.Combine(folder, line)));
        }
        else
        {
            throw WheelErrors.NotRemovable(name, "It has no list of its files, as the tool that installed it wrote none.");
        }

        return [.. paths.Select(path => layout.FromRecordPath(path) ?? throw WheelErrors.NotRemovable(
            name, $"Its list of files names '{path}', which is outside '{layout.Prefix}'."))];
    }

    // A link that leads out of the folder is not followed.
    private bool IsSafe(string file)
    {
        for (var end = file.LastIndexOf('/'); end > 0; end = file.LastIndexOf('/', end - 1))
        {
            if (!SafeFolder.IsInside(layout.Prefix, layout.PathOf(file[..end])))
            {
                return false;
            }
        }

        return true;
    }

    private List<string> RemoveFiles(InstalledDistribution distribution, HashSet<string> files, CancellationToken cancellationToken)
    {
        var last = $"{distribution.InfoPath}/{RecordFile.Name}";
        var removed = new List<string>();
        foreach (var file in files.Where(file => file != last).Concat(CompiledOf(files)).Order(StringComparer.Ordinal).ToList())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Delete(file))
            {
                removed.Add(file);
            }
        }

        // What the tool that installed it did not list of its own description.
        var info = layout.PathOf(distribution.InfoPath);
        foreach (var path in Directory.Exists(info) ? Directory.EnumerateFiles(info, "*", SearchOption.AllDirectories).ToList() : [])
        {
            if (path != layout.PathOf(last))
            {
                File.Delete(path);
            }
        }

        if (Delete(last))
        {
            removed.Add(last);
        }

        Delete(distribution.InfoPath);
        RemoveEmpty([.. files, last]);
        return removed;
    }

    private bool Delete(string file)
    {
        var path = layout.PathOf(file);
        var isThere = File.Exists(path) || new FileInfo(path).LinkTarget is not null;
        if (isThere)
        {
            File.Delete(path);
        }

        return isThere;
    }

    // pkg/a.py is compiled to pkg/__pycache__/a.cpython-311.pyc and a.cpython-311.opt-1.pyc.
    private IEnumerable<string> CompiledOf(HashSet<string> files)
    {
        var sources = files.Where(static file => file.EndsWith(".py", StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        foreach (var folder in sources.Select(static file => file[..(file.LastIndexOf('/') + 1)]).Distinct())
        {
            var cache = folder + "__pycache__";
            var path = layout.PathOf(cache);
            foreach (var compiled in Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.pyc") : [])
            {
                var name = Path.GetFileName(compiled);
                if (sources.Contains($"{folder}{name.Split('.')[0]}.py") && !files.Contains($"{cache}/{name}"))
                {
                    yield return $"{cache}/{name}";
                }
            }
        }
    }

    private void RemoveEmpty(IEnumerable<string> files)
    {
        string[] kept = [layout.SitePackages, layout.Scripts, layout.Headers];
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            for (var end = file.LastIndexOf('/'); end > 0 && folders.Add(file[..end]); end = file.LastIndexOf('/', end - 1))
            {
                folders.Add($"{file[..end]}/__pycache__");
            }
        }

        foreach (var folder in folders.OrderByDescending(static folder => folder.Length))
        {
            var path = layout.PathOf(folder);
            var isKept = kept.Any(item => item == folder || item.StartsWith(folder + "/", StringComparison.Ordinal));
            if (!isKept && Directory.Exists(path) && !Directory.EnumerateFileSystemEntries(path).Any())
            {
                Directory.Delete(path);
            }
        }
    }
}
