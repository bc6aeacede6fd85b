using System.Text.Json;
using Metaflow.Python.Conda.Channels;
using Metaflow.Python.Conda.Matching;
using Metaflow.Python.Conda.Solving;
using Metaflow.Python.Conda.Versions;

namespace Metaflow.Python.Conda.Programs;

/// <summary>Reads which packages a program would install. Micromamba, and mamba since version 2, say all of a package in <c>LINK</c>; conda
/// says there only which it is, and the rest in <c>FETCH</c>.</summary>
/// <param name="request">What was asked for.</param>
/// <param name="channels">The channels that were asked.</param>
/// <param name="names">What names of channels stand for.</param>
internal sealed class SolutionReader(CondaRequest request, IReadOnlyList<RequestedChannel> channels, ChannelOptions names)
{
    /// <summary>Reads the packages.</summary>
    /// <param name="answer">What the program printed.</param>
    /// <returns>The records, each after those that it needs, as Metaflow's own solver returns them; without their JSON objects.</returns>
    /// <exception cref="FormatException">It is not what such a program prints.</exception>
    /// <exception cref="InvalidOperationException">A value is of another kind than it should be.</exception>
    public IReadOnlyList<CondaRecord> Read(JsonElement answer)
    {
        if (Member(answer, "actions") is not { ValueKind: JsonValueKind.Object } actions
            || Member(actions, "LINK") is not { ValueKind: JsonValueKind.Array } links)
        {
            throw new FormatException("Its answer does not say which packages it would install.");
        }

        var fetched = (Member(actions, "FETCH") is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : default)
            .DistinctBy(KeyOf).ToDictionary(KeyOf);
        var records = new Dictionary<string, CondaRecord>(StringComparer.Ordinal);
        var isOrdered = true;
        foreach (var link in links.EnumerateArray())
        {
            var whole = Member(link, "url") is not null && Member(link, "depends") is not null ? link
                : fetched.TryGetValue(KeyOf(link), out var known) ? known
                : Member(link, "url") is not null ? link
                : throw new FormatException($"Its answer does not say where the package '{Text(link, "name")}' is.");
            var record = RecordOf(whole);
            isOrdered &= Member(whole, "depends") is not null;
            if (!records.TryAdd(record.Name, record))
            {
                throw new FormatException($"Its answer has the package '{record.Name}' twice.");
            }
        }

        CheckWhole(records);

        // A program that does not say what packages need has put them in order itself.
        return isOrdered ? InstallOrder.Of(records, InstallOrder.NeedsOf) : [.. records.Values];
    }

    private void CheckWhole(Dictionary<string, CondaRecord> records)
    {
        if (request.Specs.FirstOrDefault(spec => !records.ContainsKey(spec.Name)) is { } missing)
        {
            throw new FormatException($"Its answer has no package '{missing.Name}', which was asked for.");
        }

        foreach (var record in records.Values)
        {
            if (InstallOrder.NeedsOf(record).FirstOrDefault(name => name.Length > 0 && !VirtualPackageNames.Contains(name)
                && !records.ContainsKey(name)) is { } need)
            {
                throw new FormatException($"Its answer has no package '{need}', which '{record.Name}' needs.");
            }
        }
    }

    private CondaRecord RecordOf(JsonElement json)
    {
        var address = Text(json, "url");
        var url = address.StartsWith("file://", StringComparison.OrdinalIgnoreCase) ? address : SecretText.Remove(address);
        var slash = url.LastIndexOf('/');
        var fileName = Text(json, "fn") is { Length: > 0 } name && PackageFileName.Stem(name) is not null ? name
            : Uri.UnescapeDataString(url[(slash + 1)..]);
        if (slash < 0 || PackageFileName.Read(fileName) is not { } parts)
        {
            throw new FormatException($"'{url}', in its answer, is not the address of a package.");
        }

        var version = Text(json, "version") is { Length: > 0 } text ? text : parts.Version;
        var channel = channels.Select(static requested => requested.Channel)
            .FirstOrDefault(known => url.StartsWith(known.Url + "/", StringComparison.Ordinal)) ?? CondaChannel.OfPackage(url, names);
        return new CondaRecord
        {
            Name = (Text(json, "name") is { Length: > 0 } own ? own : parts.Name).ToLowerInvariant(),
            Version = CondaVersion.TryParse(version, out var read) ? read
                : throw new FormatException($"'{version}', in its answer, is no version of '{parts.Name}'."),
            Build = BuildOf(json) is { Length: > 0 } build ? build : parts.Build,
            BuildNumber = Number(json, "build_number") ?? 0,
            Depends = Texts(json, "depends"),
            Constrains = Texts(json, "constrains"),
            TrackFeatures = [.. Texts(json, "track_features").SelectMany(static words => words.Split([' ', ','])).Where(IsText)],
            Subdir = PlatformOf(json) is { Length: > 0 } platform ? platform : request.Platform,
            Noarch = Text(json, "noarch") is { Length: > 0 } noarch ? noarch : null,
            Md5 = Text(json, "md5") is { Length: > 0 } md5 ? md5 : null,
            Sha256 = Text(json, "sha256") is { Length: > 0 } sha256 ? sha256 : null,
            Size = Number(json, "size") is > 0 and var size ? size : null,
            Timestamp = Number(json, "timestamp") is > 0 and var time ? time : null,
            License = Text(json, "license") is { Length: > 0 } license ? license : null,
            FileName = fileName,
            Url = $"{url[..slash]}/{fileName}",
            Channel = channel?.Name ?? "",
            ChannelUrl = channel?.Url ?? "",
        };
    }

    private static string KeyOf(JsonElement json)
        => $"{Text(json, "name")} {PlatformOf(json)} {BuildOf(json)} {Number(json, "build_number")}";

    // The two lists of conda have different names for the same.
    private static string BuildOf(JsonElement json)
        => Text(json, "build_string") is { Length: > 0 } text ? text : Text(json, "build");

    private static string PlatformOf(JsonElement json)
        => Text(json, "subdir") is { Length: > 0 } text ? text : Text(json, "platform");

    private static JsonElement? Member(JsonElement json, string name)
        => json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string Text(JsonElement json, string name)
        => Member(json, name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";

    private static long? Number(JsonElement json, string name)
        => Member(json, name) is { ValueKind: JsonValueKind.Number } value
            ? value.TryGetInt64(out var number) ? number : (long)Math.Clamp(value.GetDouble(), 0, 1e18) : null;

    private static string[] Texts(JsonElement json, string name)
        => Member(json, name) switch
        {
            { ValueKind: JsonValueKind.Array } list =>
                [.. list.EnumerateArray().Where(static item => item.ValueKind == JsonValueKind.String)
                    .Select(static item => item.GetString()!)],
            { ValueKind: JsonValueKind.String } text => [text.GetString()!],
            _ => [],
        };

    private static bool IsText(string text) => text.Length > 0;
}
