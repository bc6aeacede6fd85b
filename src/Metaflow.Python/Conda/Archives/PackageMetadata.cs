using System.Text.Json;
using System.Text.Json.Nodes;
using Metaflow.Platform;

namespace Metaflow.Python.Conda.Archives;

/// <summary>What a package says about itself: <c>info/index.json</c>, <c>info/paths.json</c>, <c>info/link.json</c>, and the older files in
/// their place.</summary>
internal sealed record PackageMetadata
{
    private const string IndexFile = "info/index.json";
    private const string LinkFile = "info/link.json";

    private PackageMetadata(JsonObject index) => Index = index;

    /// <summary>Gets the whole record of <c>info/index.json</c>.</summary>
    public JsonObject Index { get; }

    /// <summary>Gets the name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the version.</summary>
    public required string Version { get; init; }

    /// <summary>Gets the build.</summary>
    public required string Build { get; init; }

    /// <summary>Gets the kind of machine, such as <c>linux-64</c> or <c>noarch</c>; empty if the package does not say it.</summary>
    public required string Subdir { get; init; }

    /// <summary>Gets whether the package is for every kind of machine.</summary>
    public required NoArch NoArch { get; init; }

    /// <summary>Gets where a Python of this package has its modules, below the environment. The default is <see langword="null"/>: where
    /// every Python of its version has them.</summary>
    public string? SitePackages { get; init; }

    /// <summary>Gets the files that it brings, in the order of its list.</summary>
    public required IReadOnlyList<PackagePath> Paths { get; init; }

    /// <summary>Gets the commands that it brings.</summary>
    public required IReadOnlyList<EntryPoint> EntryPoints { get; init; }

    /// <summary>Gets the name of the environment of its own in which its commands would rather be. It is not followed. The default is
    /// <see langword="null"/>.</summary>
    public string? PreferredEnvironment { get; init; }

    /// <summary>Reads what an unpacked package says.</summary>
    /// <param name="package">The package.</param>
    /// <param name="contents">What was unpacked.</param>
    /// <returns>What it says.</returns>
    /// <exception cref="Errors.EnvironmentException">MF7062: it cannot be read, or does not agree with what was unpacked.</exception>
    public static PackageMetadata Read(ExtractedPackage package, PackageContents contents)
    {
        var files = new MetadataFiles(package);
        var index = files.ReadObject(IndexFile) ?? throw ArchiveErrors.Metadata(package.FileName, IndexFile, "is missing");
        var link = files.ReadObject(LinkFile);
        var paths = new PathLists(files, contents).Read();
        return new PackageMetadata(index)
        {
            Name = files.RequireText(index, IndexFile, "name"),
            Version = files.RequireText(index, IndexFile, "version"),
            Build = files.RequireText(index, IndexFile, "build"),
            Subdir = TextOf(index, "subdir") ?? "",
            NoArch = NoArchOf(index["noarch"] ?? (link?["noarch"] as JsonObject)?["type"]),
            SitePackages = TextOf(index, "python_site_packages_path"),
            Paths = paths,
            EntryPoints = ReadEntryPoints(files, link?["noarch"] as JsonObject),
            PreferredEnvironment = link?["preferred_env"] switch
            {
                JsonObject named => TextOf(named, "name"),
                JsonValue => TextOf(link, "preferred_env"),
                _ => null,
            },
        };
    }

    /// <summary>Returns a member that is a text.</summary>
    /// <param name="record">The record.</param>
    /// <param name="name">The member.</param>
    /// <returns>The text; <see langword="null"/> when there is none.</returns>
    internal static string? TextOf(JsonObject record, string name)
        => record[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    // Before there were two kinds it was true or false.
    private static NoArch NoArchOf(JsonNode? noArch) => noArch switch
    {
        JsonValue value when value.GetValueKind() == JsonValueKind.True => NoArch.Generic,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>() switch
        {
            "python" => NoArch.Python,
            "generic" => NoArch.Generic,
            _ => NoArch.None,
        },
        _ => NoArch.None,
    };

    private static List<EntryPoint> ReadEntryPoints(MetadataFiles files, JsonObject? noArch)
    {
        var found = new List<EntryPoint>();
        foreach (var item in noArch?["entry_points"] as JsonArray ?? [])
        {
            var text = item is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : "";
            found.Add(TryParse(text) ?? throw ArchiveErrors.Metadata(
                files.Package.FileName, LinkFile, $"has the command '{text}', which is not of the form 'name = module:function'"));
        }

        return found;
    }

    private static EntryPoint? TryParse(string text)
    {
        // What stands in brackets are extras, which do not matter once the package is there.
        if (text.IndexOf('[', StringComparison.Ordinal) is var bracket and >= 0)
        {
            text = text[..bracket];
        }

        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var colon = text.LastIndexOf(':');
        if (equals < 0 || colon < equals)
        {
            return null;
        }

        var point = new EntryPoint(text[..equals].Trim(), text[(equals + 1)..colon].Trim(), text[(colon + 1)..].Trim());
        return point.Command is not ("" or "." or "..") && point.Command.AsSpan().IndexOfAny("/\\\0\r\n") < 0
            && IsName(point.Module) && IsName(point.Function) ? point : null;
    }

    // It becomes code: nothing but names with dots.
    private static bool IsName(string text) => text.Split('.').All(static part => part.Length > 0
        && !char.IsAsciiDigit(part[0]) && part.All(static letter => char.IsLetterOrDigit(letter) || letter == '_'));
}

/// <summary>Reads the files in which a package says something about itself.</summary>
/// <param name="Package">The package.</param>
internal sealed record MetadataFiles(ExtractedPackage Package)
{
    private const long MaxLength = 256 << 20;

    /// <summary>Reads a file whole.</summary>
    /// <param name="member">The path in the package.</param>
    /// <returns>The bytes; <see langword="null"/> when there is no such file.</returns>
    public byte[]? ReadBytes(string member)
    {
        var path = Path.Combine(Package.Folder, member);
        try
        {
            var file = new FileInfo(path);
            return !file.Exists || file.LinkTarget is not null ? null
                : file.Length > MaxLength ? throw ArchiveErrors.Metadata(Package.FileName, member, $"has {file.Length} bytes")
                : RegularFile.ReadAllBytes(path);
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw ArchiveErrors.Metadata(Package.FileName, member, $"cannot be read: {error.Message.TrimEnd('.')}", error);
        }
    }

    /// <summary>Reads a file that is an object of JSON.</summary>
    /// <param name="member">The path in the package.</param>
    /// <returns>The object; <see langword="null"/> when there is no such file.</returns>
    public JsonObject? ReadObject(string member)
    {
        if (ReadBytes(member) is not { } bytes)
        {
            return null;
        }

        try
        {
            // An object is read as late as it is asked for, and finds a name that it has twice only then.
            var found = JsonNode.Parse(bytes) as JsonObject
                ?? throw ArchiveErrors.Metadata(Package.FileName, member, "is not an object of JSON");
            _ = found.Count;
            return found;
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw ArchiveErrors.Metadata(Package.FileName, member, $"is not JSON: {error.Message.TrimEnd('.')}", error);
        }
    }

    /// <summary>Returns a member that must be a text.</summary>
    /// <param name="record">The record.</param>
    /// <param name="member">The path of its file in the package.</param>
    /// <param name="name">The member.</param>
    /// <returns>The text, which is not empty and can be a part of a file's name.</returns>
    public string RequireText(JsonObject record, string member, string name)
        => PackageMetadata.TextOf(record, name) is { Length: > 0 } text && text.AsSpan().IndexOfAny("/\\\0\r\n") < 0 ? text
            : throw ArchiveErrors.Metadata(Package.FileName, member, $"has no usable '{name}'");
}
