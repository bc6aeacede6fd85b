using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Metaflow.Python.Conda.Archives;

/// <summary>Reads the list of files that a package brings into an environment.</summary>
/// <param name="files">The package.</param>
/// <param name="contents">What was unpacked.</param>
internal sealed class PathLists(MetadataFiles files, PackageContents contents)
{
    private const string PathsFile = "info/paths.json";
    private const string FilesFile = "info/files";
    private const string PrefixFile = "info/has_prefix";
    private const string CopiedFile = "info/no_link";

    // In two parts, so that no tool takes this very text for a path to replace.
    private const string DefaultPlaceholder = "/opt/anaconda1anaconda2" + "anaconda3";
    private readonly Dictionary<string, ContentEntry> _entries
        = contents.Entries.ToDictionary(static entry => entry.Path, StringComparer.Ordinal);

    /// <summary>Reads the list.</summary>
    /// <returns>The files in the order of the list.</returns>
    /// <exception cref="Errors.EnvironmentException">MF7062: it cannot be read, or names what was not unpacked.</exception>
    public IReadOnlyList<PackagePath> Read()
        => files.ReadObject(PathsFile) is { } record ? ReadRecord(record)
            : files.ReadBytes(FilesFile) is { } list ? ReadLists(Lines(list))
            : ReadLists(contents.Entries.Where(static entry => !entry.Path.StartsWith("info/", StringComparison.Ordinal)
                && entry.Kind != EntryKind.Folder).Select(static entry => entry.Path));

    private List<PackagePath> ReadRecord(JsonObject record)
    {
        if (record["paths_version"]?.ToJsonString() is { } version and not "1")
        {
            throw Wrong(PathsFile, $"is of version {version}, and this version reads version 1");
        }

        var paths = new List<PackagePath>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in record["paths"] as JsonArray ?? throw Wrong(PathsFile, "has no list 'paths'"))
        {
            if (item is not JsonObject path || PackageMetadata.TextOf(path, "_path") is not { } name)
            {
                throw Wrong(PathsFile, "has a path without a name");
            }

            var mode = PackageMetadata.TextOf(path, "file_mode");
            if (mode is not (null or "text" or "binary"))
            {
                throw Wrong(PathsFile, $"says that '{name}' is of the kind '{mode}'");
            }

            var found = new PackagePath(Normalize(PathsFile, name), Find(PathsFile, name))
            {
                Placeholder = PackageMetadata.TextOf(path, "prefix_placeholder") is { Length: > 0 } placeholder ? placeholder : null,
                IsBinary = mode == "binary",
                IsCopied = path["no_link"] is JsonValue copied && copied.GetValueKind() == JsonValueKind.True,
            };
            if (seen.Add(found.Path))
            {
                paths.Add(found);
            }
        }

        return paths;
    }

    private List<PackagePath> ReadLists(IEnumerable<string> names)
    {
        var copied = Lines(files.ReadBytes(CopiedFile)).Select(name => Normalize(CopiedFile, name)).ToHashSet(StringComparer.Ordinal);
        var prefixes = new Dictionary<string, (string Placeholder, bool IsBinary)>(StringComparer.Ordinal);
        foreach (var line in Lines(files.ReadBytes(PrefixFile)))
        {
            switch (SplitWords(line))
            {
                case [var path]:
                    prefixes[Normalize(PrefixFile, path)] = (DefaultPlaceholder, false);
                    break;
                case [{ Length: > 0 } placeholder, "text" or "binary", var path] and [_, var mode, _]:
                    prefixes[Normalize(PrefixFile, path)] = (placeholder, mode == "binary");
                    break;
                default:
                    throw Wrong(PrefixFile, $"has the line '{line}', which is not of the form 'placeholder mode path'");
            }
        }

        return [.. names.Select(name => Normalize(FilesFile, name)).Distinct(StringComparer.Ordinal).Select(path =>
            prefixes.TryGetValue(path, out var prefix)
                ? new PackagePath(path, Find(FilesFile, path))
                {
                    Placeholder = prefix.Placeholder, IsBinary = prefix.IsBinary, IsCopied = copied.Contains(path),
                }
                : new PackagePath(path, Find(FilesFile, path)) { IsCopied = copied.Contains(path) })];
    }

    private string Normalize(string member, string name)
        => EntryPath.TryNormalize(name, out var path) is { } why ? throw Wrong(member, $"names '{name}', which {why}")
            : path.Length == 0 ? throw Wrong(member, "names a file without a name") : path;

    private ContentEntry Find(string member, string name)
    {
        var path = Normalize(member, name);
        return _entries.TryGetValue(path, out var entry) ? entry
            // A folder may stand in the list alone.
            : Directory.Exists(Path.Combine(files.Package.Folder, path)) ? new ContentEntry(path, EntryKind.Folder)
            : throw Wrong(member, $"names '{name}', which the package does not have");
    }

    private Errors.EnvironmentException Wrong(string member, string why) => ArchiveErrors.Metadata(files.Package.FileName, member, why);

    private static IEnumerable<string> Lines(byte[]? content) => content is null ? []
        : Encoding.UTF8.GetString(content).Split('\n').Select(static line => line.TrimEnd('\r').Trim(' ', '\t'))
            .Where(static line => line.Length > 0 && line[0] != '#');

    // As a shell splits them: words in quotes may hold spaces. A line without a mode is a path as it stands.
    private static List<string> SplitWords(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        char? quote = null;
        var isInWord = false;
        foreach (var letter in line)
        {
            if (quote is null && letter is (' ' or '\t'))
            {
                EndWord();
            }
            else if (letter is '"' or '\'' && (quote is null || quote == letter))
            {
                quote = quote is null ? letter : null;
                isInWord = true;
            }
            else
            {
                word.Append(letter);
                isInWord = true;
            }
        }

        EndWord();
        return words is [_, "text" or "binary", _] or [_] ? words : [line];

        void EndWord()
        {
            if (isInWord)
            {
                words.Add(word.ToString());
                word.Clear();
                isInWord = false;
            }
        }
    }
}
