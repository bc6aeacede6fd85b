using System.Text.Json;
using Metaflow.Storage;

namespace Metaflow.Environments.Records;

/// <summary>The JSON of packages in the records of environments.</summary>
internal static class PackageJson
{
    private const string TypeName = "_type";

    /// <summary>Writes a package.</summary>
    /// <param name="json">The writer.</param>
    /// <param name="package">The package.</param>
    public static void Write(Utf8JsonWriter json, LockedPackage package)
    {
        json.WriteStartObject();
        json.WriteText(TypeName, package.Category);
        switch (package)
        {
            case ArchivePackage archive:
                WriteArchive(json, archive);
                break;
            case NuGetPackage nuget:
                WriteNuGet(json, nuget);
                break;
            default:
                throw new NotSupportedException($"Packages of the category '{package.Category}' have no record.");
        }

        package.Others.Write(json);
        json.WriteEndObject();
    }

    /// <summary>Reads a package.</summary>
    /// <param name="record">Its record.</param>
    /// <returns>The package.</returns>
    /// <exception cref="FormatException">It is none.</exception>
    /// <exception cref="NotSupportedException">It is of a category that this version does not know.</exception>
    public static LockedPackage Read(JsonElement record) => RecordMembers.Text(record, TypeName) switch
    {
        Categories.Conda => ReadArchive(record, new CondaPackage(FileName(record), Url(record))),
        Categories.PyPI or Categories.FormerPyPI => ReadArchive(record, new PyPIPackage(FileName(record), Url(record))),
        Categories.NuGet => ReadNuGet(record),
        var other => throw new NotSupportedException($"it has packages of the category '{other}'"),
    };

    private static void WriteArchive(Utf8JsonWriter json, ArchivePackage package)
    {
        json.WriteText("filename", package.FileName);
        json.WriteText("url", package.Url);
        json.WriteText("url_format", package.UrlFormat);
        RecordMembers.WriteTexts(json, "hashes", package.Hashes);
        WriteIfAny(json, "sha256", package.Sha256);
        if (package.Length > 0)
        {
            json.WriteNumber("length", package.Length);
        }

        if (package.CachedFiles.Count == 0)
        {
            return;
        }

        json.WriteStartObject("cache_info");
        foreach (var (format, file) in package.CachedFiles)
        {
            json.WriteStartObject(format);
            json.WriteText(TypeName, file.Category ?? package.Category);
            json.WriteText("url", file.Path);
            file.Others.Write(json);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static ArchivePackage ReadArchive(JsonElement record, ArchivePackage package) => package with
    {
        UrlFormat = RecordMembers.Text(record, "url_format"),
        Hashes = RecordMembers.TextsByName(record, "hashes"),
        Sha256 = RecordMembers.TextOrNull(record, "sha256"),
        Length = RecordMembers.Find(record, "length") is null ? 0 : RecordMembers.Number(record, "length"),
        CachedFiles = RecordMembers.Members(record, "cache_info").ToDictionary(
            static member => member.Name,
            static member => new CachedFile(Url(member.Value))
            {
                Category = CategoryOf(RecordMembers.TextOrNull(member.Value, TypeName)),
                Others = OtherMembers.Of(member.Value, TypeName, "url"),
            },
            StringComparer.Ordinal),
        Others = OtherMembers.Of(record, TypeName, "filename", "url", "url_format", "hashes", "sha256", "length", "cache_info"),
    };

    private static void WriteNuGet(Utf8JsonWriter json, NuGetPackage package)
    {
        json.WriteText("id", package.Id);
        json.WriteText("version", package.ExactVersion);
        json.WriteText("url", package.Url);
        json.WriteText("content_hash", package.ContentHash);
        json.WriteText("sha256", package.Sha256);
        json.WriteNumber("length", package.Length);
        json.WriteNumber("unpacked_length", package.UnpackedLength);
        RecordMembers.WriteTexts(json, "dependencies", package.Dependencies);
        json.WriteTexts("frameworks", package.Frameworks);
        json.WriteStartArray("assets");
        foreach (var asset in package.Assets)
        {
            json.WriteStartObject();
            json.WriteText("kind", NameOf(asset.Kind));
            json.WriteText("path", asset.Path);
            WriteIfAny(json, "assembly_version", asset.AssemblyVersion);
            WriteIfAny(json, "file_version", asset.FileVersion);
            WriteIfAny(json, "culture", asset.Culture);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static NuGetPackage ReadNuGet(JsonElement record) => new(
        RecordMembers.Text(record, "id"), RecordMembers.Text(record, "version"), Url(record))
    {
        ContentHash = RecordMembers.Text(record, "content_hash"),
        Sha256 = RecordMembers.Text(record, "sha256"),
        Length = RecordMembers.Number(record, "length"),
        UnpackedLength = RecordMembers.Number(record, "unpacked_length"),
        Dependencies = RecordMembers.TextsByName(record, "dependencies"),
        Frameworks = RecordMembers.Texts(record, "frameworks"),
        Assets = [.. RecordMembers.Items(record, "assets").Select(ReadAsset)],
        Others = OtherMembers.Of(
            record, TypeName, "id", "version", "url", "content_hash", "sha256", "length", "unpacked_length", "dependencies", "frameworks",
            "assets"),
    };

    private static NuGetAsset ReadAsset(JsonElement record) => new(
        RecordMembers.Text(record, "kind") switch
        {
            "assembly" => NuGetAssetKind.Assembly,
            "native" => NuGetAssetKind.Native,
            "satellite" => NuGetAssetKind.Satellite,
            "runtime" => NuGetAssetKind.Runtime,
            var other => throw new NotSupportedException($"it has files of the kind '{other}'"),
        },
        RecordMembers.Text(record, "path"))
    {
        AssemblyVersion = RecordMembers.TextOrNull(record, "assembly_version"),
        FileVersion = RecordMembers.TextOrNull(record, "file_version"),
        Culture = RecordMembers.TextOrNull(record, "culture"),
    };

    private static string NameOf(NuGetAssetKind kind) => kind switch
    {
        NuGetAssetKind.Assembly => "assembly",
        NuGetAssetKind.Native => "native",
        NuGetAssetKind.Runtime => "runtime",
        _ => "satellite",
    };

    private static void WriteIfAny(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteText(name, text);
        }
    }

    private static string FileName(JsonElement record) => RecordMembers.Text(record, "filename");

    private static string Url(JsonElement record) => RecordMembers.Text(record, "url");

    private static string? CategoryOf(string? type) => type == Categories.FormerPyPI ? Categories.PyPI : type;
}
