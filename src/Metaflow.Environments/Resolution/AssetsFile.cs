using System.Text.Json;
using Metaflow.Environments.Records;

namespace Metaflow.Environments.Resolution;

/// <summary>Reads what NuGet writes down after a restore: the file <c>project.assets.json</c>.</summary>
internal static class AssetsFile
{
    // NuGet's mark of a folder that has no file for this framework.
    private const string NothingHere = "_._";

    /// <summary>Reads the packages of an environment.</summary>
    /// <param name="path">The file.</param>
    /// <param name="request">What was asked for.</param>
    /// <returns>The packages, those that others need first. The first of all is the runtime, if one was asked for.</returns>
    /// <exception cref="InvalidDataException">The file is not what NuGet writes.</exception>
    public static IReadOnlyList<RestoredPackage> Read(string path, RestoreRequest request)
    {
        using var stream = File.OpenRead(path);
        using var document = JsonDocument.Parse(stream);
        var root = document.RootElement;
        var folders = root.GetProperty("packageFolders").EnumerateObject().Select(static folder => folder.Name).ToList();
        var target = root.GetProperty("targets").EnumerateObject()
            .FirstOrDefault(each => each.Name.EndsWith("/" + request.Runtime, StringComparison.Ordinal));
        if (target.Value.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException($"'{path}' has no packages for '{request.Runtime}'.");
        }

        var libraries = root.GetProperty("libraries");
        var packages = target.Value.EnumerateObject()
            .Where(static entry => entry.Value.GetProperty("type").GetString() == "package")
            .Select(entry => Package(entry, libraries.GetProperty(entry.Name), folders));
        List<RestoredPackage> ordered = InOrder([.. packages]);
        return request.DotNetVersion is { } version ? [RuntimePack.Find(request.Runtime, version, folders), .. ordered] : ordered;
    }

    private static RestoredPackage Package(JsonProperty entry, JsonElement library, IReadOnlyList<string> folders)
    {
        var slash = entry.Name.IndexOf('/', StringComparison.Ordinal);
        var folder = RestoredPackage.FolderOf(folders, library.GetProperty("path").GetString()!, entry.Name);
        return new RestoredPackage(entry.Name[..slash], entry.Name[(slash + 1)..])
        {
            Folder = folder,
            Source = RestoredPackage.Fact(folder, "source") ?? "",
            ContentHash = library.GetProperty("sha512").GetString()!,
            Dependencies = Texts(entry.Value, "dependencies"),
            Assets =
            [
                .. Files(entry.Value, "runtime").Select(static file => new NuGetAsset(NuGetAssetKind.Assembly, file.Name)),
                .. Files(entry.Value, "native").Select(static file => new NuGetAsset(NuGetAssetKind.Native, file.Name)),
                .. Files(entry.Value, "resource").Select(static file => new NuGetAsset(NuGetAssetKind.Satellite, file.Name)
                {
                    Culture = file.Value.TryGetProperty("locale", out var locale) ? locale.GetString() : null,
                }),
            ],
            Frameworks = entry.Value.TryGetProperty("frameworkReferences", out var frameworks)
                ? [.. frameworks.EnumerateArray().Select(static framework => framework.GetString()!)] : [],
        };
    }

    private static IEnumerable<JsonProperty> Files(JsonElement package, string kind)
        => package.TryGetProperty(kind, out var files)
            ? files.EnumerateObject().Where(static file => !file.Name.EndsWith(NothingHere, StringComparison.Ordinal)) : [];

    private static Dictionary<string, string> Texts(JsonElement package, string name)
        => package.TryGetProperty(name, out var texts)
            ? texts.EnumerateObject().ToDictionary(
                static text => text.Name, static text => text.Value.GetString() ?? "", StringComparer.OrdinalIgnoreCase)
            : [];

    private static List<RestoredPackage> InOrder(IReadOnlyList<RestoredPackage> packages)
    {
        var byId = packages.ToDictionary(static package => package.Id, StringComparer.OrdinalIgnoreCase);
        var ordered = new List<RestoredPackage>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        void Add(RestoredPackage package)
        {
            if (seen.Add(package.Id))
            {
                foreach (var needed in package.Dependencies.Keys.Order(StringComparer.OrdinalIgnoreCase))
                {
                    if (byId.TryGetValue(needed, out var other))
                    {
                        Add(other);
                    }
                }

                ordered.Add(package);
            }
        }

        foreach (var package in packages.OrderBy(static package => package.Id, StringComparer.OrdinalIgnoreCase))
        {
            Add(package);
        }

        return ordered;
    }
}
