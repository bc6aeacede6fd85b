using System.Text;

namespace Metaflow.Python.Tests.Channels;

/// <summary>The sources of packages that the machine's own configuration of apt names, for another release of Debian.</summary>
internal static class DebianSources
{
    private const string Main = "main";

    /// <summary>Writes the machine's source of Debian's packages for a release.</summary>
    /// <param name="configuration">The folder of apt's configuration.</param>
    /// <param name="osRelease">The content of the file that names the system.</param>
    /// <param name="suite">The name of the wanted release.</param>
    /// <returns>The text of a file of sources: the archive and the key are those of the machine.</returns>
    /// <exception cref="DebianUnavailableException">The machine has no source of Debian's packages.</exception>
    public static string ForSuite(string configuration, string osRelease, string suite)
    {
        var system = ReadAssignments(osRelease);
        if (system.GetValueOrDefault("ID") != "debian" || system.GetValueOrDefault("VERSION_CODENAME") is not { Length: > 0 } codename)
        {
            throw new DebianUnavailableException("The machine does not run a release of Debian.");
        }

        var text = new StringBuilder();
        foreach (var source in ReadAll(configuration).Where(source => IsMain(source, codename)))
        {
            foreach (var (name, value) in source)
            {
                var changed = name switch
                {
                    "types" => "deb",
                    "suites" => suite,
                    "components" => Main,
                    "architectures" => null,
                    _ => value,
                };
                if (changed is not null)
                {
                    text.Append(name).Append(": ").Append(changed).Append('\n');
                }
            }

            text.Append("architectures: amd64\n\n");
        }

        return text.Length > 0
            ? text.ToString()
            : throw new DebianUnavailableException($"apt's configuration names no source of the packages of '{codename}'.");
    }

    private static bool IsMain(Dictionary<string, string> source, string codename)
        => Words(source, "types").Contains("deb")
            && (Words(source, "suites").Contains(codename) || Words(source, "suites").Contains("stable"))
            && Words(source, "components").Contains(Main)
            && source.GetValueOrDefault("enabled") is not ("no" or "false");

    private static string[] Words(Dictionary<string, string> source, string field)
        => source.GetValueOrDefault(field, string.Empty).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<Dictionary<string, string>> ReadAll(string configuration)
    {
        var parts = Path.Combine(configuration, "sources.list.d");
        var files = Directory.Exists(parts) ? Directory.GetFiles(parts).Order(StringComparer.Ordinal) : Enumerable.Empty<string>();
        foreach (var file in files.Prepend(Path.Combine(configuration, "sources.list")).Where(File.Exists))
        {
            var sources = Path.GetExtension(file) switch
            {
                ".sources" => ReadStanzas(File.ReadAllLines(file)),
                ".list" => ReadLines(File.ReadAllLines(file)),
                _ => [],
            };
            foreach (var source in sources)
            {
                yield return source;
            }
        }
    }

    private static IEnumerable<Dictionary<string, string>> ReadStanzas(string[] lines)
    {
        var source = new Dictionary<string, string>(StringComparer.Ordinal);
        var last = string.Empty;
        foreach (var line in lines.Where(static line => !line.StartsWith('#')).Append(string.Empty))
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                if (source.Count > 0)
                {
                    yield return source;
                    source = new(StringComparer.Ordinal);
                }
            }
            else if (char.IsWhiteSpace(line[0]) && last.Length > 0)
            {
                source[last] += "\n" + line;
            }
            else if (line.IndexOf(':', StringComparison.Ordinal) is var colon and > 0)
            {
                last = line[..colon].ToLowerInvariant();
                source[last] = line[(colon + 1)..].Trim();
            }
        }
    }

    private static IEnumerable<Dictionary<string, string>> ReadLines(string[] lines)
    {
        var entries = lines.Select(static line => line.Trim()).Where(static line => line.StartsWith("deb ", StringComparison.Ordinal));
        foreach (var line in entries)
        {
            var source = new Dictionary<string, string>(StringComparer.Ordinal) { ["types"] = "deb" };
            var rest = line[4..].Trim();
            if (rest.StartsWith('[') && rest.IndexOf(']', StringComparison.Ordinal) is var end and > 0)
            {
                foreach (var option in rest[1..end].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                {
                    var equals = option.IndexOf('=', StringComparison.Ordinal);
                    source[option[..equals].ToLowerInvariant()] = option[(equals + 1)..].Replace(',', ' ');
                }

                rest = rest[(end + 1)..].Trim();
            }

            var words = rest.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 3)
            {
                (source["uris"], source["suites"], source["components"]) = (words[0], words[1], string.Join(' ', words[2..]));
                yield return source;
            }
        }
    }

    private static Dictionary<string, string> ReadAssignments(string text)
        => text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => line.Split('=', 2))
            .Where(static pair => pair.Length == 2)
            .ToDictionary(static pair => pair[0].Trim(), static pair => pair[1].Trim().Trim('"'), StringComparer.Ordinal);
}
