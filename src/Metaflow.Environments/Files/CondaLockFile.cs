using Metaflow.Errors;

namespace Metaflow.Environments.Files;

/// <summary>Reads <c>conda-lock.yml</c>, version 1, the lock file of conda-lock: a list of packages of all kinds of machines. Those of the
/// category <c>main</c> are taken. A package says its category as the text <c>category</c>, or its categories as a list.</summary>
internal static class CondaLockFile
{
    /// <summary>The key of the file's hash.</summary>
    public const string UniqueKey = "conda_lock_content_hash";

    private const string Main = "main";

    /// <summary>Returns true if a name is one of such files.</summary>
    /// <param name="name">The name without its folder.</param>
    /// <returns>Whether it is: <c>conda-lock.yml</c> or <c>name.conda-lock.yml</c>.</returns>
    public static bool IsName(string name)
        => Path.GetExtension(name).ToLowerInvariant() is ".yml" or ".yaml"
            && Path.GetFileNameWithoutExtension(name).EndsWith("conda-lock", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="architecture">The kind of machine, such as <c>linux-64</c>.</param>
    /// <returns>What it asks for, with the exact packages.</returns>
    /// <exception cref="ConfigurationException">It is malformed (MF7115), has nothing for the kind of machine (MF7118), or has what cannot
    /// be kept (MF7112).</exception>
    public static FileRequirement Parse(InputFile file, string architecture)
    {
        var yaml = YamlFile.Parse(file);
        if (yaml.Text("version") != "1")
        {
            throw yaml.Wrong("version", "the version 1 of the format");
        }

        var builder = new LockBuilder(file, UniqueKey);
        foreach (var channel in yaml.Table("metadata").Tables("channels"))
        {
            builder.AddChannel(channel.Required("url", "the name or address of a channel"));
        }

        var packages = yaml.Tables("package").Select(static package
            => (Entry: package, Platform: package.Required("platform", "a kind of machine, such as 'linux-64'"))).ToList();
        var own = packages.FindAll(package => package.Platform == architecture);
        if (own.Count == 0)
        {
            throw LockErrors.Lacks(
                file, $"packages for {architecture}", LockErrors.Held(packages.Select(static one => one.Platform), "packages for"));
        }

        var others = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (entry, _) in own)
        {
            var categories = CategoriesOf(entry);
            if (categories.Contains(Main))
            {
                Add(builder, file, entry);
            }
            else
            {
                others.UnionWith(categories);
            }
        }

        if (others.Count > 0)
        {
            builder.Note($"The packages of the categories {string.Join(", ", others)} in '{file.Name}' are not taken.");
        }

        return builder.Build();
    }

    private static IReadOnlyList<string> CategoriesOf(YamlFile entry)
        => entry.Keys.Contains("categories") ? [.. entry.Texts("categories")] : [entry.Text("category") ?? Main];

    private static void Add(LockBuilder builder, InputFile file, YamlFile entry)
    {
        var url = entry.Required("url", "the address of the package");
        var hash = entry.Table("hash");
        switch (entry.Text("manager"))
        {
            case "conda":
                builder.Add(LockedAddress.OfConda(file, url, hash.Text("md5"), hash.Text("sha256")));
                break;
            case "pip":
                var name = entry.Required("name", "the name of the package");
                builder.Add(LockedAddress.OfIndex(
                    file, name, entry.Required("version", "the version of the package"), url, hash.Text("sha256")));
                break;
            default:
                throw entry.Wrong("manager", "'conda' or 'pip'");
        }
    }
}
