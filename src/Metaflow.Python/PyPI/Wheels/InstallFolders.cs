namespace Metaflow.Python.PyPI.Wheels;

/// <summary>Makes the folders of files that are going to be written, and knows which of them it made.</summary>
/// <param name="layout">The environment's folder.</param>
internal sealed class InstallFolders(PrefixLayout layout)
{
    private readonly List<string> _made = [];
    private readonly Dictionary<string, bool> _known = new(StringComparer.Ordinal);

    /// <summary>Makes the folder of a file.</summary>
    /// <param name="target">The file's path below the environment's folder.</param>
    /// <returns>Whether the folder was there, so that it can have such a file.</returns>
    /// <exception cref="IOException">It cannot be made, or leads out of the environment's folder.</exception>
    public bool Make(string target)
    {
        var end = target.LastIndexOf('/');
        return end < 0 || MakeFolder(target[..end]);
    }

    /// <summary>Removes the folders that were made and are empty.</summary>
    public void Undo()
    {
        for (var i = _made.Count - 1; i >= 0; i--)
        {
            if (Directory.Exists(_made[i]) && !Directory.EnumerateFileSystemEntries(_made[i]).Any())
            {
                Directory.Delete(_made[i]);
            }
        }
    }

    private bool MakeFolder(string folder)
    {
        if (_known.TryGetValue(folder, out var wasThere))
        {
            return wasThere;
        }

        var end = folder.LastIndexOf('/');
        var path = layout.PathOf(folder);
        wasThere = (end < 0 || MakeFolder(folder[..end])) && Directory.Exists(path);
        if (!wasThere)
        {
            Directory.CreateDirectory(path);
            _made.Add(path);
        }
        else
        {
            SafeFolder.Require(layout.Prefix, path);
        }

        return _known[folder] = wasThere;
    }
}
