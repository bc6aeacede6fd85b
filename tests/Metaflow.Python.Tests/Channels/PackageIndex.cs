using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Metaflow.Python.Tests.Channels;

/// <summary>An index of Python distributions in a folder, as pages and as JSON, which a server can show.</summary>
/// <param name="folder">The folder.</param>
/// <remarks>The pages are those of PEP 503 and PEP 691, with the separate descriptions of PEP 658.</remarks>
internal sealed partial class PackageIndex(string folder)
{
    /// <summary>The folder of the index below that of the files.</summary>
    public const string Simple = "simple";

    private readonly SortedDictionary<string, SortedDictionary<string, IndexedFile>> _projects = new(StringComparer.Ordinal);

    /// <summary>The folder that holds the index and its files.</summary>
    public string Folder => folder;

    /// <summary>The name under which an index lists a distribution.</summary>
    public static string Normalize(string name) => Separators().Replace(name, "-").ToLowerInvariant();

    /// <summary>Adds a wheel that a test makes.</summary>
    public PackageIndex Add(Wheel wheel)
    {
        var path = NewFile(wheel.FileName);
        wheel.Write(path);
        List(wheel.Name, new(path, wheel.RequiresPython, wheel.Yanked, wheel.Metadata()));
        return this;
    }

    /// <summary>Adds the sources of a distribution and no wheel of it.</summary>
    public PackageIndex AddSource(Wheel wheel)
    {
        var path = NewFile(wheel.SourceFileName);
        wheel.WriteSource(path);
        List(wheel.Name, new(path, wheel.RequiresPython, wheel.Yanked, null));
        return this;
    }

    /// <summary>Adds a wheel that is there already.</summary>
    /// <param name="wheel">The wheel's file.</param>
    public PackageIndex AddFile(string wheel)
    {
        var path = NewFile(Path.GetFileName(wheel));
        File.Copy(wheel, path);
        using var zip = ZipFile.OpenRead(path);

        // A wheel may hold copies of other distributions with their descriptions, deeper in it.
        var entry = zip.Entries.Single(
            static entry => entry.FullName.EndsWith(".dist-info/METADATA", StringComparison.Ordinal) && entry.FullName.Count('/') == 1);
        using var reader = new StreamReader(entry.Open());
        var metadata = reader.ReadToEnd();
        var python = RequiresPython().Match(metadata);
        List(Path.GetFileName(path).Split('-')[0], new(path, python.Success ? python.Groups[1].Value : null, null, metadata));
        return this;
    }

    /// <summary>Writes the pages.</summary>
    public void WriteIndex()
    {
        var names = new StringBuilder("<!DOCTYPE html>\n<html><body>\n");
        var projects = new JsonArray();
        foreach (var (name, files) in _projects)
        {
            names.Append("<a href=\"").Append(name).Append("/\">").Append(name).Append("</a><br/>\n");
            projects.Add((JsonNode)new JsonObject { ["name"] = name });
            WriteProject(name, files);
        }

        WritePages(
            Directory.CreateDirectory(Path.Combine(folder, Simple)).FullName,
            names.Append("</body></html>\n").ToString(),
            new JsonObject { ["meta"] = new JsonObject { ["api-version"] = "1.0" }, ["projects"] = projects });
    }

    private void WriteProject(string name, SortedDictionary<string, IndexedFile> files)
    {
        var page = new StringBuilder($"<!DOCTYPE html>\n<html><body><h1>{name}</h1>\n");
        var list = new JsonArray();
        foreach (var (fileName, file) in files)
        {
            var hash = Hashes.OfFile(file.Path);
            page.Append("<a href=\"../../files/").Append(fileName).Append("#sha256=").Append(hash).Append('"');
            var entry = new JsonObject
            {
                ["filename"] = fileName,
                ["hashes"] = new JsonObject { ["sha256"] = hash },
                ["size"] = new FileInfo(file.Path).Length,
                ["url"] = $"../../files/{fileName}",
                ["yanked"] = file.Yanked is null ? false : JsonValue.Create(file.Yanked),
            };
            if (file.RequiresPython is { } python)
            {
                page.Append(" data-requires-python=\"").Append(WebUtility.HtmlEncode(python)).Append('"');
                entry["requires-python"] = python;
            }

            if (file.Metadata is { } metadata)
            {
                File.WriteAllText(file.Path + ".metadata", metadata);
                var described = Hashes.OfText(metadata);
                page.Append(" data-core-metadata=\"sha256=").Append(described).Append("\" data-dist-info-metadata=\"sha256=");
                page.Append(described).Append('"');
                entry["core-metadata"] = new JsonObject { ["sha256"] = described };

                // The public index has this name in JSON. Under the name of the standard's first text, pip up to 23.1 breaks.
                entry["data-dist-info-metadata"] = new JsonObject { ["sha256"] = described };
            }

            if (file.Yanked is { } reason)
            {
                page.Append(" data-yanked=\"").Append(WebUtility.HtmlEncode(reason)).Append('"');
            }

            page.Append('>').Append(fileName).Append("</a><br/>\n");
            list.Add((JsonNode)entry);
        }

        WritePages(
            Directory.CreateDirectory(Path.Combine(folder, Simple, name)).FullName,
            page.Append("</body></html>\n").ToString(),
            new JsonObject { ["files"] = list, ["meta"] = new JsonObject { ["api-version"] = "1.0" }, ["name"] = name });
    }

    private static void WritePages(string folder, string page, JsonObject json)
    {
        File.WriteAllText(Path.Combine(folder, "index.html"), page);
        File.WriteAllText(Path.Combine(folder, LocalServer.SimpleJson), json.ToJsonString());
    }

    private string NewFile(string name) => Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "files")).FullName, name);

    private void List(string name, IndexedFile file)
    {
        var normal = Normalize(name);
        if (!_projects.TryGetValue(normal, out var files))
        {
            files = _projects[normal] = new(StringComparer.Ordinal);
        }

        files.Add(Path.GetFileName(file.Path), file);
    }

    [GeneratedRegex("[-_.]+")]
    private static partial Regex Separators();

    [GeneratedRegex("^Requires-Python: *(.+?)\\r?$", RegexOptions.Multiline)]
    private static partial Regex RequiresPython();

    private sealed record IndexedFile(string Path, string? RequiresPython, string? Yanked, string? Metadata);
}
