namespace Metaflow.Settings;

/// <summary>Reads the settings.</summary>
public static class SettingsLoader
{
    private const string FolderName = ".metaflow";

    /// <summary>Reads the settings from the environment.</summary>
    /// <param name="environment">The environment's variables.</param>
    /// <param name="workingFolder">The folder from which the local datastore is looked for, upwards.</param>
    /// <param name="datastoreRoot">A root that overrides what the settings say, or <see langword="null"/>.</param>
    /// <returns>The settings.</returns>
    /// <remarks>The user is the first of <c>METAFLOW_USER</c>, <c>SUDO_USER</c>, <c>USERNAME</c>, <c>USER</c> that is set, other than
    /// <c>root</c> where another is; else the process's user. The reference refuses <c>root</c>; here it is a user like any.</remarks>
    public static MetaflowSettings Load(IReadOnlyDictionary<string, string> environment, string workingFolder, string? datastoreRoot = null)
    {
        var user = FindUser(environment);
        return new MetaflowSettings
        {
            User = user,
            DatastoreRoot = FindRoot(environment, workingFolder, datastoreRoot),
            Namespace = "user:" + user,
            DefaultDecorators = Value(environment, "METAFLOW_DEFAULT_DECOSPECS")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [],
            Environment = environment.Where(static v => v.Key.StartsWith("METAFLOW_", StringComparison.Ordinal)).ToDictionary(),
        };
    }

    /// <summary>Returns the environment of this process.</summary>
    /// <returns>The variables.</returns>
    public static IReadOnlyDictionary<string, string> ProcessEnvironment()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            variables[(string)variable.Key] = (string)variable.Value!;
        }

        return variables;
    }

    private static string? Value(IReadOnlyDictionary<string, string> environment, string name)
        => environment.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    private static string FindUser(IReadOnlyDictionary<string, string> environment)
    {
        if (Value(environment, "METAFLOW_USER") is { } named)
        {
            return named;
        }

        string[] names = ["SUDO_USER", "USERNAME", "USER"];
        return names.Select(name => Value(environment, name)).FirstOrDefault(static user => user is not null and not "root")
            ?? Environment.UserName;
    }

    private static string FindRoot(IReadOnlyDictionary<string, string> environment, string workingFolder, string? datastoreRoot)
    {
        if (datastoreRoot is not null)
        {
            return WithFolderName(Path.GetFullPath(datastoreRoot, workingFolder));
        }

        if (Value(environment, "METAFLOW_DATASTORE_SYSROOT_LOCAL") is { } parent)
        {
            return WithFolderName(Path.GetFullPath(parent, workingFolder));
        }

        for (var folder = workingFolder; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var candidate = Path.Combine(folder, FolderName);
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return Path.Combine(workingFolder, FolderName);
    }

    private static string WithFolderName(string folder)
    {
        var trimmed = Path.TrimEndingDirectorySeparator(folder);
        return Path.GetFileName(trimmed) == FolderName ? trimmed : Path.Combine(trimmed, FolderName);
    }
}
