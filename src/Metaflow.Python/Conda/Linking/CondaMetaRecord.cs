using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Metaflow.Python.Conda.Archives;

namespace Metaflow.Python.Conda.Linking;

/// <summary>Writes what an environment says of a package in <c>conda-meta</c>, with the members that conda writes, so that conda and others
/// can read it.</summary>
internal static class CondaMetaRecord
{
    // conda's numbers of the ways in which files come into environments.
    private const int HardLinked = 1;
    private const int Copied = 3;

    private static readonly JsonWriterOptions Form = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes a record. Its members are in the order of their names.</summary>
    /// <param name="package">The package.</param>
    /// <param name="placed">What was made of each of its paths.</param>
    /// <param name="subdir">The kind of machine that the environment is for.</param>
    /// <returns>The JSON.</returns>
    public static byte[] Write(PlannedPackage package, IReadOnlyList<PlacedPath> placed, string subdir)
    {
        var members = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var (name, value) in package.Metadata.Index.Concat(package.Source.Record ?? []))
        {
            members[name] = value?.DeepClone();
        }

        Describe(package, members, subdir);
        members["files"] = new JsonArray(
            [.. placed.Where(static path => path.Path.Kind != EntryKind.Folder).Select(static path => (JsonNode)path.Path.Target)]);
        members["paths_data"] = new JsonObject
        {
            ["paths"] = new JsonArray([.. placed.Select(static path => DescribePath(path))]),
            ["paths_version"] = 1,
        };
        var source = package.Source;
        var isCopied = placed.All(static path => path.Method is LinkMethod.Copy or LinkMethod.Clone or LinkMethod.Automatic);
        members["link"] = new JsonObject
        {
            ["source"] = source.Package.Folder,
            ["type"] = isCopied && placed.Count > 0 ? Copied : HardLinked,
        };
        members["extracted_package_dir"] = source.Package.Folder;
        members["package_tarball_full_path"] = source.ArchivePath;
        if (source.RequestedSpecs.Count > 0)
        {
            members["requested_spec"] = source.RequestedSpecs[0];
            members["requested_specs"] = new JsonArray([.. source.RequestedSpecs.Select(static spec => (JsonNode)spec)]);
        }

        return Format(members);
    }

    private static void Describe(PlannedPackage package, SortedDictionary<string, JsonNode?> members, string subdir)
    {
        var hashes = package.Contents.Hashes;
        members["build"] = package.Metadata.Build;
        members.TryAdd("build_number", 0);
        members["channel"] = package.Source.Channel;
        members.TryAdd("constrains", new JsonArray());
        members.TryAdd("depends", new JsonArray());
        members["fn"] = package.FileName;
        members["md5"] = hashes.Md5;
        members["name"] = package.Metadata.Name;
        members["sha256"] = hashes.Sha256;
        members["size"] = hashes.Length;
        if (members.GetValueOrDefault("subdir") is null)
        {
            members["subdir"] = package.Metadata.NoArch == NoArch.None ? subdir : "noarch";
        }

        members["url"] = package.Source.Url;
        members["version"] = package.Metadata.Version;
        if (package.Metadata.NoArch != NoArch.None)
        {
            var isPython = package.Metadata.NoArch == NoArch.Python;
            members["noarch"] = isPython ? "python" : "generic";
            members["package_type"] = isPython ? "noarch_python" : "noarch_generic";
        }
    }

    private static JsonObject DescribePath(PlacedPath placed)
    {
        var path = placed.Path;
        var found = new JsonObject { ["_path"] = path.Target };
        if (path.Source is not { } source)
        {
            found["path_type"] = "unix_python_entry_point";
            found["sha256_in_prefix"] = placed.Sha256;
            return found;
        }

        if (source.Placeholder is not null && path.Kind == EntryKind.File)
        {
            found["file_mode"] = source.IsBinary ? "binary" : "text";
        }

        if (path.Kind == EntryKind.Link)
        {
            // Not a member of conda's, which cannot tell that a link was changed.
            found["link_target"] = source.Entry.Target;
        }

        if (source.IsCopied)
        {
            found["no_link"] = true;
        }

        found["path_type"] = path.Kind switch
        {
            EntryKind.Link => "softlink",
            EntryKind.Folder => "directory",
            _ => "hardlink",
        };
        if (path.Kind == EntryKind.File)
        {
            if (source.Placeholder is not null)
            {
                found["prefix_placeholder"] = source.Placeholder;
            }

            found["sha256"] = source.Entry.Sha256;
            found["sha256_in_prefix"] = placed.Sha256;
            found["size_in_bytes"] = source.Entry.Length;
        }

        return found;
    }

    private static byte[] Format(SortedDictionary<string, JsonNode?> members)
    {
        var bytes = new ArrayBufferWriter<byte>(4 << 10);
        using (var json = new Utf8JsonWriter(bytes, Form))
        {
            json.WriteStartObject();
            foreach (var (name, value) in members)
            {
                json.WritePropertyName(name);
                if (value is null)
                {
                    json.WriteNullValue();
                }
                else
                {
                    value.WriteTo(json);
                }
            }

            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }
}
